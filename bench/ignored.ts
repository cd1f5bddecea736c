/** Ignored changes. Nearly all webhooks are ignored, so these must use little CPU time. */
import {load} from './load.ts';
import {ignoredRequests} from './messages.ts';
import {EXPRESS, NODE_HTTP, startBaseline, startRelay} from './servers.ts';
import {median, quantile} from './stats.ts';
import {round, type Section, times} from './table.ts';

const ROUNDS = 11;
const ROUND_MS = 1_000;
/** Memory is measured after this many webhooks. */
const WEBHOOKS = 60_000;
const MEGABYTE = 1024 * 1024;

interface Round {
  readonly cpuMicros: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly webhooks: number;
}

export async function benchIgnored(): Promise<Section> {
  const servers = {
    http: await startBaseline(NODE_HTTP),
    express: await startBaseline(EXPRESS),
    relay: await startRelay('http://127.0.0.1:9'), // no server listens there, because no change must be dispatched
  };
  const requests = ignoredRequests(Date.now());
  const rounds = {http: [] as Round[], express: [] as Round[], relay: [] as Round[]};
  const names = Object.keys(servers) as (keyof typeof servers)[];
  for (let n = 0; n <= ROUNDS; n++) {
    for (const name of names) {
      const {port, usage} = servers[name];
      const before = await usage();
      const latencies = await load({port, requests, connections: 16, durationMs: ROUND_MS, expected: 200});
      const {cpuMicros} = await usage();
      if (n === 0) continue; // a warm-up round
      rounds[name].push({
        cpuMicros: (cpuMicros - before.cpuMicros) / latencies.length,
        perSecond: (latencies.length / ROUND_MS) * 1000,
        p50: quantile(latencies, 0.5),
        p99: quantile(latencies, 0.99),
        webhooks: latencies.length,
      });
    }
  }
  const {relay} = servers;
  let webhooks = rounds.relay.reduce((sum, round) => sum + round.webhooks, 0);
  while (webhooks < WEBHOOKS) {
    const more = await load({port: relay.port, requests, connections: 16, durationMs: ROUND_MS, expected: 200});
    webhooks += more.length;
  }
  const {rssBytes, peakRssBytes} = await relay.usage();
  for (const server of Object.values(servers)) await server.stop();
  const memory = `${round(rssBytes / MEGABYTE)} MB, at most ${round(peakRssBytes / MEGABYTE)} MB`;
  return report(rounds, requests, memory);
}

type Rounds = Readonly<Record<'http' | 'express' | 'relay', readonly Round[]>>;

function report(rounds: Rounds, requests: readonly Buffer[], memory: string): Section {
  // Each round is compared with a baseline in the same round, because a slow machine slows down both.
  const ratio = (name: keyof Rounds, base: keyof Rounds, key: keyof Round) =>
    times(median(rounds[name].map((round, n) => round[key] / (rounds[base][n]?.[key] ?? Number.NaN))));
  const row = (what: string, key: keyof Round, target: string) => [
    what,
    ratio('http', 'express', key),
    ratio('relay', 'express', key),
    ratio('relay', 'http', key),
    target,
  ];
  const meanKb = round(requests.reduce((sum, {length}) => sum + length, 0) / requests.length / 1024);
  return {
    title: 'Ignored changes',
    method: `Automation events and some legacy ones of 1 to 60 KB (${meanKb} KB on average), with many or with long properties, over 16 keep-alive connections, in ${ROUNDS} alternating rounds. The baselines only read the body, check the HMAC and parse the JSON. The relay also applies the sample rules and writes its log.`,
    head: ['', 'bare node:http ÷ Express', 'relay ÷ Express', 'relay ÷ bare node:http', 'target'],
    rows: [
      row('CPU per webhook', 'cpuMicros', '≤ 1 × Express'),
      row('webhooks per second', 'perSecond', ''),
      row('answered after, p50', 'p50', ''),
      row('answered after, p99', 'p99', '≤ 1.5 × Express'),
      [`memory after ${WEBHOOKS} webhooks`, '', memory, '', '< 150 MB'],
    ],
  };
}
