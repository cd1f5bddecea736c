/** Bursts and storms from a sender without retries: lost changes, number of dispatches, and cost. */

import {findBreaches} from '../test/helpers/conservation.ts';
import {type Attempt, createSender, type Line, type Sender, type Sending} from '../test/helpers/port-sender.ts';
import {type FaultyGitHub, startFaultyGitHub} from '../test/helpers/servers/faulty-github.ts';
import {aCatalogChange} from '../test/helpers/values/catalog.ts';
import type {Measured} from './child.ts';
import {SECRET} from './messages.ts';
import {startRelay} from './servers.ts';
import {mean, quantile} from './stats.ts';
import {round, type Section} from './table.ts';

interface Storm {
  readonly changes: number;
  readonly seconds: number;
  /** The approximate size of one webhook. */
  readonly bytes: number;
  readonly copies: number;
}

const PER_MINUTE = 60;
const PARTITIONS = 4;
const ANSWER_MS = 300;
const MAX_PAYLOAD = 48 * 1024;

/** The size of the random properties in a webhook of 4 KB. They do not compress. */
const NOISE = 0.5;

const BURSTS = [
  {changes: 50, seconds: 1, bytes: 700},
  {changes: 60, seconds: 10, bytes: 700},
  {changes: 100, seconds: 10, bytes: 700},
];
const MINUTES = [
  {changes: 100, seconds: 60, bytes: 700},
  {changes: 300, seconds: 60, bytes: 700},
  {changes: 10_000, seconds: 60, bytes: 700},
  {changes: 10_000, seconds: 60, bytes: 4_000},
];
const SHORT_STORM = {changes: 2_000, seconds: 12, bytes: 4_000};

const withCopies = (storms: readonly Omit<Storm, 'copies'>[]): Storm[] =>
  [1, 2].flatMap(copies => storms.map(storm => ({...storm, copies})));

export const ALL_STORMS = withCopies([...BURSTS, ...MINUTES]);
export const SHORT_STORMS = withCopies([...BURSTS, SHORT_STORM]);

export async function benchStorms(storms: readonly Storm[]): Promise<Section> {
  const rows: string[][] = [];
  for (const storm of storms) rows.push(await benchStorm(storm));
  return {
    title: 'Bursts and storms',
    method: `Evenly spaced changes, each sent only once, to one copy of the relay with ${PER_MINUTE} dispatches a minute and ${PARTITIONS} partitions, or to two copies in turn with half of both each. GitHub takes ${ANSWER_MS} ms. Half of the entities have a connection that stays open, on which the order of arrival is known. The other half opens a connection for each change, as Port does. A webhook of 4 KB holds properties that no rule reads, half of them random.`,
    head: [
      'changes',
      'copies',
      'answered 202',
      '503',
      'no answer',
      'acknowledged and missing',
      'dispatches',
      'most in a minute',
      'filled of 48 KiB, mean',
      'held, p50',
      'held, p99',
      'memory of a copy, peak',
    ],
    rows,
  };
}

/** @throws {Error} if a guarantee was violated: order, acknowledgement, sizes, budget */
async function benchStorm(storm: Storm): Promise<string[]> {
  const {changes, seconds, bytes, copies} = storm;
  const github = await startFaultyGitHub(() => ({accepts: true, answer: {status: 204}, afterMs: ANSWER_MS}));
  const relays = await Promise.all(Array.from({length: copies}, (_, n) => startCopy(github.url, n, copies)));
  let turn = 0;
  const target = () => ({name: 'relay', port: (relays[turn++ % copies] as Measured).port});
  const sender = createSender({secret: SECRET, target, hurry: 1});
  const send = sendByEntity(sender);
  const sent = changesOf(storm);
  const startedAt = performance.now();
  await Promise.all(
    sent.map(async (change, n) => {
      await until(startedAt + (n / changes) * seconds * 1000);
      await send(change);
    }),
  );
  const usages = await Promise.all(relays.map(relay => relay.usage()));
  await Promise.all(relays.map(relay => relay.stop()));
  await github.close();
  requireKept(storm, {sent, attempts: sender.attempts, ledger: github.ledger});
  const answered = (status: number | undefined) => sender.attempts.filter(attempt => attempt.status === status).length;
  const heldMs = sender.attempts.map(attempt => attempt.endedAt - attempt.startedAt);
  const {ledger} = github;
  return [
    `${grouped(changes)} of ${bytes / 1000} KB in ${seconds} s`,
    String(copies),
    grouped(answered(202)),
    grouped(answered(503)),
    grouped(answered(undefined)),
    '0',
    String(ledger.length),
    String(busiestMinute(ledger.map(({arrivedAt}) => arrivedAt))),
    `${Math.round(mean(ledger.map(({text}) => Buffer.byteLength(text) / MAX_PAYLOAD)) * 100)} %`,
    `${round(quantile(heldMs, 0.5) / 1000)} s`,
    `${round(quantile(heldMs, 0.99) / 1000)} s`,
    `${round(Math.max(...usages.map(({peakRssBytes}) => peakRssBytes)) / 1024 / 1024)} MB`,
  ];
}

/** Sends each change once. Of four entities, two have their own connections, and two open one for each change. */
function sendByEntity(sender: Sender): (change: Sending) => Promise<Attempt> {
  const lines = new Map<string, Line | undefined>();
  return change => {
    const {entity} = change;
    if (!lines.has(entity)) lines.set(entity, lines.size % 4 < 2 ? sender.open() : undefined);
    return lines.get(entity)?.send(change) ?? sender.sendOnce(change);
  };
}

function startCopy(apiUrl: string, n: number, copies: number): Promise<Measured> {
  return startRelay(apiUrl, {
    GITHUB_TOKEN: `copy-${n}`,
    REACTOR_MAX_DISPATCHES_PER_MINUTE: String(PER_MINUTE / copies),
    REACTOR_PARTITIONS: String(PARTITIONS / copies),
  });
}

interface Evidence {
  readonly sent: readonly Sending[];
  readonly attempts: readonly Attempt[];
  readonly ledger: FaultyGitHub['ledger'];
}

/** Checks the guarantees. Lost changes are not an error here, because the table shows them. */
function requireKept({copies}: Storm, {sent, attempts, ledger}: Evidence): void {
  const taken = new Set(attempts.filter(({status}) => status === 202).map(({id}) => id));
  const byEntity = new Map<string, Sending[]>();
  for (const one of sent) {
    const others = byEntity.get(one.entity) ?? [];
    byEntity.set(one.entity, taken.has(one.id) ? [...others, one] : others);
  }
  const broken = findBreaches({
    sent: byEntity,
    attempts,
    ledger,
    partitions: PARTITIONS / copies,
    maxPerMinute: PER_MINUTE / copies,
  });
  if (broken.length > 0)
    throw new Error(`The storm violated ${broken.length} guarantees: ${broken.slice(0, 5).join('; ')}`);
}

function changesOf({changes, bytes}: Storm): Sending[] {
  const entities = Math.ceil(changes / 5);
  return Array.from({length: changes}, (_, n) => {
    const entity = `service-${n % entities}`;
    const change = aCatalogChange(n, entity, {bytes, noise: NOISE});
    const side = (values: typeof change.after) => ({
      identifier: entity,
      title: change.title,
      team: ['payments'],
      ...values,
    });
    const event = {
      action: change.action,
      resourceType: 'entity',
      trigger: {by: change.by, origin: change.origin, at: change.at},
      context: {blueprintIdentifier: change.blueprint, entityIdentifier: entity, propertyIdentifier: null},
      diff: {before: side(change.before), after: side(change.after)},
      runId: change.runId,
    };
    return {id: change.id, entity, body: JSON.stringify(event)};
  });
}

/** `10,000` */
function grouped(n: number): string {
  return n.toLocaleString('en-US');
}

function busiestMinute(times: readonly number[]): number {
  return Math.max(...times.map((start, index) => times.slice(index).filter(time => time < start + 60_000).length));
}

async function until(at: number): Promise<void> {
  const leftMs = at - performance.now();
  if (leftMs > 0) await new Promise(resolve => setTimeout(resolve, leftMs));
}
