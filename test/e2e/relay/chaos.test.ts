/**
 * Sends a storm of changes through two copies of the built relay. Meanwhile GitHub fails in many ways, one copy is killed and the
 * other is deployed again. The invariants are in test/helpers/conservation.ts. `CHAOS_SEED=<n>` repeats a storm with the same
 * changes and the same faults, but not with the same timing.
 */
import {afterEach, expect, test} from '@jest/globals';
import {findBreaches} from '../../helpers/conservation.ts';
import {type Attempt, createSender, type Sender, type Sending} from '../../helpers/port-sender.ts';
import {type RelayProcess, startRelayProcess} from '../../helpers/processes/relay-process.ts';
import {eventually} from '../../helpers/processes/run-script.ts';
import {startFaultyGitHub} from '../../helpers/servers/faulty-github.ts';
import {createFaults} from '../../helpers/values/github-faults.ts';
import {createRandom, type Random, seedFrom} from '../../helpers/values/random.ts';
import {TRIES_ALL} from '../../helpers/values/runs.ts';
import {anEvent} from '../../relay/test-relay.ts';

const SECRET = 'chaos-secret';
const PARTITIONS = 4;
const ACK_TIMEOUT_SECONDS = 2;
const MAX_PER_MINUTE = 900;
const ENTITIES = TRIES_ALL ? 250 : 100;
const CHANGES = 8 * ENTITIES;

/** How a copy of the relay ended on SIGTERM. */
interface Termination {
  readonly target: string;
  readonly at: number;
  readonly tookMs: number;
  readonly exitCode: number | null;
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

test('GitHub has every acknowledged change in order, despite failures, limits, stalls and kills', async () => {
  const seed = seedFrom('CHAOS_SEED');
  const random = createRandom(seed);
  const githubFaults = createFaults(random);
  const github = await startFaultyGitHub(() => githubFaults.outcome(performance.now()));
  cleanUps.push(() => github.close());
  const copies = [await deploy('a', github.url), await deploy('b', github.url)] as const;
  const sender = createSender({secret: SECRET, target: () => random.pick(copies).target(), hurry: 0.1});
  const sent = changesOf(random);
  const entities = [...sent.keys()];
  const inOrder = new Set(entities.filter(() => random.chance(0.5)));

  const stormed = Promise.all(
    [...sent].map(([entity, changes]) =>
      inOrder.has(entity) ? sender.sendInOrder(changes) : sendInBursts(changes, sender, random),
    ),
  );
  const accepted = (share: number) => async () =>
    sender.attempts.filter(({status}) => status === 202).length >= CHANGES * share;
  await eventually('a fifth of the changes is accepted', accepted(0.2), 30_000);
  await copies[0].kill();
  await eventually('half of the changes are accepted', accepted(0.5), 30_000);
  const term = await copies[1].terminate();
  await stormed;

  const {attempts} = sender;
  const breaches = [
    ...findBreaches({
      sent,
      attempts,
      ledger: github.ledger,
      partitions: PARTITIONS,
      maxPerMinute: MAX_PER_MINUTE,
    }),
    ...unanswered(attempts, term, inOrder),
    ...(term.exitCode === 0 ? [] : [`the relay that was stopped exited with ${term.exitCode}`]),
  ];
  // The report of a breach contains the seed.
  expect({seed, breaches: breaches.slice(0, 20)}).toEqual({seed, breaches: []});
  const faults = [
    attempts.filter(({status}) => status === 503).length,
    attempts.filter(({status}) => status === undefined).length,
    github.ledger.filter(({outcome}) => outcome.answer === 'reset' && outcome.accepts).length,
  ];
  // Only a long storm is certain to contain every kind of fault.
  expect(faults.filter(times => times > 0).length).toBeGreaterThanOrEqual(TRIES_ALL ? 3 : 1);
}, 120_000);

/** The relay must answer the webhooks that it held when it was stopped. */
function unanswered(attempts: readonly Attempt[], term: Termination, inOrder: ReadonlySet<string>): string[] {
  if (term.tookMs > ACK_TIMEOUT_SECONDS * 1000 + 900) return []; // on a machine that is too busy, the relay stops waiting
  return attempts
    .filter(({id, status, target, startedAt}) => {
      // The kernel can hold webhooks that the relay never read. A response that closes a connection loses the other requests on it.
      const wasHeld = target === term.target && startedAt < term.at - 300;
      return wasHeld && status === undefined && inOrder.has(entityOf(id));
    })
    .map(
      ({id, error, startedAt, endedAt}) =>
        `${id} was held when its relay was stopped, and not answered: ${error} ${Math.round(startedAt - term.at)} ${Math.round(endedAt - term.at)} of ${Math.round(term.tookMs)}`,
    );
}

/** Thousands of changes of hundreds of entities: a few for each entity, some of them large. */
function changesOf(random: Random): Map<string, Sending[]> {
  const sent = new Map<string, Sending[]>();
  for (let n = 0; n < CHANGES; n++) {
    const id = `run_${n}`;
    const entity = entityOf(id);
    const properties = {revision: n, readme: 'x'.repeat(random.chance(0.02) ? 60_000 : random.int(0, 400))};
    const event = anEvent({runId: id, entity, from: `v${n}`, to: `v${n + 1}`, properties});
    sent.set(entity, [...(sent.get(entity) ?? []), {id, entity, body: JSON.stringify(event)}]);
  }
  return sent;
}

function entityOf(id: string): string {
  return `service-${Number(id.slice('run_'.length)) % ENTITIES}`;
}

/** Sends a few changes at the same time, as a script that writes to the catalog does. */
async function sendInBursts(changes: readonly Sending[], sender: Sender, random: Random): Promise<void> {
  for (let start = 0; start < changes.length; ) {
    const end = start + random.int(1, 5);
    await sender.sendAtOnce(changes.slice(start, end));
    start = end;
  }
}

/** A copy of the relay that keeps its address when it restarts. */
async function deploy(name: string, apiUrl: string) {
  let generation = 0;
  const start = (port: number) => {
    generation++;
    return startRelayProcess({
      PORT: String(port),
      HOST: '127.0.0.1',
      PORT_CLIENT_SECRET: SECRET,
      GITHUB_REPOSITORY: 'acme/operations',
      GITHUB_TOKEN: `${name}${generation}`,
      GITHUB_API_URL: apiUrl,
      REACTOR_RULES: 'none',
      REACTOR_PARTITIONS: String(PARTITIONS),
      REACTOR_ACK_TIMEOUT_SECONDS: String(ACK_TIMEOUT_SECONDS),
      REACTOR_MAX_DISPATCHES_PER_MINUTE: String(MAX_PER_MINUTE),
    });
  };
  let relay: RelayProcess = await start(0);
  cleanUps.push(() => relay.end('SIGKILL'));
  const {port} = relay;
  const target = () => ({name: `${name}${generation}`, port});
  return {
    target,
    async kill() {
      await relay.end('SIGKILL');
      relay = await start(port);
    },
    async terminate(): Promise<Termination> {
      const [name, at] = [target().name, performance.now()];
      const exitCode = await relay.end('SIGTERM');
      const tookMs = performance.now() - at;
      relay = await start(port);
      return {target: name, at, tookMs, exitCode};
    },
  };
}
