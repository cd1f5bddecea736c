/** Dispatched changes under load: webhooks per second that are dispatched in batches, compared with servers that only check them. */
import {startFaultyGitHub} from '../test/helpers/servers/faulty-github.ts';
import {load} from './load.ts';
import {healthChange, toRequest} from './messages.ts';
import {EXPRESS, NODE_HTTP, startBaseline, startRelay} from './servers.ts';
import {mean, median} from './stats.ts';
import {round, type Section, times} from './table.ts';

const ROUNDS = 5;
const ROUND_MS = 1_000;
const CONNECTIONS = 64;
const CHANGES = 4_000;

export async function benchThroughput(): Promise<Section> {
  const github = await startFaultyGitHub(() => ({accepts: true, answer: {status: 204}, afterMs: 0}));
  const servers = {
    http: {...(await startBaseline(NODE_HTTP)), expected: 200},
    express: {...(await startBaseline(EXPRESS)), expected: 200},
    relay: {...(await startRelay(github.url, {REACTOR_MAX_DISPATCHES_PER_MINUTE: '10000'})), expected: 202},
  };
  const requests = Array.from({length: CHANGES}, (_, n) =>
    toRequest(JSON.stringify(healthChange(`service-${n}`, n)), Date.now()),
  );
  const names = Object.keys(servers) as (keyof typeof servers)[];
  const perRound = {http: [] as number[], express: [] as number[], relay: [] as number[]};
  for (let n = 0; n <= ROUNDS; n++) {
    for (const name of names) {
      const {port, expected} = servers[name];
      const latencies = await load({port, requests, connections: CONNECTIONS, durationMs: ROUND_MS, expected});
      if (n > 0) perRound[name].push(latencies.length);
    }
  }
  for (const server of Object.values(servers)) await server.stop();
  const changes = mean(
    github.ledger.map(({text}) => {
      const {count, changes} = JSON.parse(text).client_payload;
      return count ?? changes.length;
    }),
  );
  await github.close();
  return report(perRound, changes);
}

function report(perRound: Record<'http' | 'express' | 'relay', number[]>, changesPerDispatch: number): Section {
  const ratio = (name: 'http' | 'relay') =>
    times(median(perRound[name].map((webhooks, n) => webhooks / (perRound.express[n] ?? Number.NaN))));
  return {
    title: 'Dispatched changes under load',
    method: `${CHANGES} health changes of as many entities in turn over ${CONNECTIONS} connections, ${ROUNDS} rounds. GitHub answers at once, and the budget is 10,000 dispatches a minute. The baselines only read the body, check the HMAC and parse the JSON. The relay answers after GitHub accepts the dispatch.`,
    head: ['', 'bare node:http', 'bare Express', 'relay', 'target'],
    rows: [
      ['webhooks per second', ratio('http'), '1 ×', ratio('relay'), ''],
      ['changes in a dispatch, mean', '', '', round(changesPerDispatch), ''],
    ],
  };
}
