/** A storm: more changes than GitHub takes one by one, from a sender that repeats what it is told to repeat. */
import {findBreaches} from '../test/helpers/conservation.ts';
import {createSender, type Sending} from '../test/helpers/port-sender.ts';
import {startStormyGitHub} from '../test/helpers/stormy-github.ts';
import {healthChange, SECRET} from './messages.ts';
import {startRelay} from './servers.ts';
import {mean} from './stats.ts';
import {round, type Section} from './table.ts';

export interface Storm {
  readonly changes: number;
  readonly entities: number;
  readonly seconds: number;
  readonly perMinute: number;
  readonly answerMs: number;
}

export const FULL: Storm = {
  changes: 10_000,
  entities: 2_000,
  seconds: 60,
  perMinute: 60,
  answerMs: 300,
};

/** A fifth of it: the same pressure, for a fifth of the time. */
export const SMALL: Storm = {...FULL, changes: 2_000, entities: 400, seconds: 12};

const MAX_PAYLOAD = 48 * 1024;

export async function benchStorm(storm: Storm): Promise<Section> {
  const {changes, entities, seconds, perMinute, answerMs} = storm;
  const github = await startStormyGitHub(() => ({accepts: true, answer: {status: 204}, afterMs: answerMs}));
  const relay = await startRelay(github.url, {
    REACTOR_MAX_DISPATCHES_PER_MINUTE: String(perMinute),
  });
  const target = {name: 'relay', port: relay.port};
  const sender = createSender({secret: SECRET, target: () => target, hurry: 1});
  const sent = changesOf(storm);
  const startedAt = performance.now();
  await Promise.all(
    [...sent.values()].map(async (ofEntity, index) => {
      for (const [n, change] of ofEntity.entries()) {
        await until(startedAt + ((n * entities + index) / changes) * seconds * 1000);
        await sender.sendInOrder([change]);
      }
    }),
  );
  const tookSeconds = (performance.now() - startedAt) / 1000;
  const {peakRssBytes} = await relay.usage();
  await relay.stop();
  await github.close();
  const {attempts} = sender;
  const {ledger} = github;
  const breaches = findBreaches({sent, inOrder: () => true, attempts, ledger, partitions: 8, maxPerMinute: perMinute});
  if (breaches.length > 0)
    throw new Error(`The storm broke ${breaches.length} promises: ${breaches.slice(0, 5).join('; ')}`);
  const payloads = ledger.map(({text}) => JSON.parse(text).client_payload as {changes: unknown[]});
  const fill = mean(payloads.map(payload => Buffer.byteLength(JSON.stringify(payload)) / MAX_PAYLOAD));
  return {
    title: 'A storm',
    method: `${changes} health changes of ${entities} entities in ${seconds} s; GitHub takes ${answerMs} ms and allows ${perMinute} dispatches a minute; the sender keeps the order of each entity, and repeats what was answered 503 after its \`Retry-After\`.`,
    head: ['', 'result', 'target'],
    rows: [
      ['accepted by GitHub in the end', `${changes} of ${changes}, in order`, 'all'],
      ['acknowledged and missing', '0', '0'],
      ['all accepted after', `${round(tookSeconds)} s`, ''],
      [
        'dispatches',
        `${ledger.length}; ${round((ledger.length / changes) * 1000)} per 1,000 changes`,
        'as few as can be',
      ],
      ['changes in a dispatch, mean', round(changes / ledger.length), ''],
      ['filled of 48 KiB, mean', `${Math.round(fill * 100)} %`, ''],
      [
        'most dispatches within a minute',
        String(busiestMinute(ledger.map(({arrivedAt}) => arrivedAt))),
        `≤ ${perMinute}`,
      ],
      ['webhooks per change', round(attempts.length / changes), ''],
      ['resident memory, peak', `${round(peakRssBytes / 1024 / 1024)} MB`, '< 150 MB'],
    ],
  };
}

function changesOf({changes, entities}: Storm): Map<string, Sending[]> {
  const sent = new Map<string, Sending[]>();
  for (let n = 0; n < changes; n++) {
    const entity = `service-${n % entities}`;
    const event = healthChange(entity, n);
    sent.set(entity, [...(sent.get(entity) ?? []), {id: event.runId, entity, body: JSON.stringify(event)}]);
  }
  return sent;
}

function busiestMinute(times: readonly number[]): number {
  return Math.max(...times.map((start, index) => times.slice(index).filter(time => time < start + 60_000).length));
}

async function until(at: number): Promise<void> {
  const leftMs = at - performance.now();
  if (leftMs > 0) await new Promise(resolve => setTimeout(resolve, leftMs));
}
