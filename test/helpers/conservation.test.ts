import {expect, test} from '@jest/globals';
import {findBreaches} from './conservation.ts';
import type {Attempt} from './port-sender.ts';
import type {LedgerEntry} from './servers/faulty-github.ts';
import {aChange} from './values/a-change.ts';

/** A dispatch with an immediate response. Times are in milliseconds. */
function dispatched(partition: number, arrivedAt: number, more: Partial<LedgerEntry> = {}): LedgerEntry {
  const payload = {version: 1, title: '', partition, partitions: 4, changes: [aChange()]};
  return {
    token: 'a1',
    arrivedAt,
    text: JSON.stringify({client_payload: payload}),
    outcome: {accepts: false, answer: {status: 204}, afterMs: 0},
    acceptedAt: undefined,
    endedAt: arrivedAt,
    connection: {endedAt: undefined},
    ...more,
  };
}

const NO_EVIDENCE = {sent: new Map(), attempts: [], ledger: [], partitions: 4, maxPerMinute: 60};

const TOO_MANY: LedgerEntry['outcome'] = {
  accepts: false,
  answer: {status: 429, headers: {'retry-after': '1'}},
  afterMs: 0,
};
const limited = dispatched(0, 0, {outcome: TOO_MANY});

test.each<[string, LedgerEntry[], string[]]>([
  ['each other partition sends the dispatch that was in flight', [limited, dispatched(1, 5), dispatched(2, 848)], []],
  ['dispatches follow after the wait', [limited, dispatched(0, 1_000), dispatched(1, 1_400)], []],
  [
    'the limited partition sends a dispatch',
    [limited, dispatched(0, 848)],
    ['a1 sent partition 0 848 ms into a wait of 1000 ms'],
  ],
  [
    'a partition sends a second dispatch',
    [limited, dispatched(1, 5), dispatched(1, 300)],
    ['a1 sent partition 1 300 ms into a wait of 1000 ms'],
  ],
  ['a dispatch arrives that the relay had given up', [limited, dispatched(0, 848, {connection: {endedAt: 848}})], []],
  ['the relay disconnected before the answer', [{...limited, connection: {endedAt: 1}}, dispatched(0, 848)], []],
])('during a limit: %s', (_name, ledger, breaches) => {
  const found = findBreaches({...NO_EVIDENCE, ledger});
  expect(found.filter(breach => breach.includes('into a wait'))).toEqual(breaches);
});

const KEPT = {endedAt: 9_000};
const first = dispatched(0, 0, {endedAt: 1_000, connection: KEPT});

test.each<[string, LedgerEntry[], string[]]>([
  [
    'the first was answered',
    [first, dispatched(0, 400), dispatched(1, 2_000, {connection: KEPT})],
    ['a1 had two dispatches of partition 0 in flight for 600 ms'],
  ],
  ['the relay may have given up the first', [first, dispatched(0, 400)], []],
  ['they are of different partitions', [first, dispatched(1, 400, {connection: KEPT})], []],
])('two dispatches at a time: %s', (_name, ledger, breaches) => {
  const found = findBreaches({...NO_EVIDENCE, ledger});
  expect(found.filter(breach => breach.includes('in flight'))).toEqual(breaches);
});

function attempt(id: string, given: Pick<Attempt, 'connection' | 'startedAt'> & Partial<Attempt>): Attempt {
  const answer = {endedAt: given.startedAt + 300, status: 202, retryAfter: undefined, error: undefined};
  return {id, target: 'relay', ...answer, ...given};
}

const refused: Partial<Attempt> = {status: 503, retryAfter: '1'};

test.each<[string, Attempt[], string[]]>([
  [
    'both came over one connection',
    [attempt('one', {connection: 1, startedAt: 0}), attempt('two', {connection: 1, startedAt: 1})],
    ['two overtook one, the change before it'],
  ],
  [
    'the first was acknowledged before the second was sent',
    [attempt('one', {connection: 1, startedAt: 0}), attempt('two', {connection: 2, startedAt: 300})],
    ['two overtook one, the change before it'],
  ],
  [
    'each came over a separate connection',
    [attempt('one', {connection: 1, startedAt: 0}), attempt('two', {connection: 2, startedAt: 1})],
    [],
  ],
  [
    'the first was repeated after the second',
    [
      attempt('one', {connection: 1, startedAt: 0, ...refused}),
      attempt('two', {connection: 1, startedAt: 1}),
      attempt('one', {connection: 2, startedAt: 400}),
    ],
    [],
  ],
])('the second of two changes is accepted first: %s', (_name, attempts, breaches) => {
  const sent = new Map([['e', ['one', 'two'].map(id => ({id, entity: 'e', body: ''}))]]);
  const changes = ['two', 'one'].map(runId => aChange({runId, entity: 'e'}));
  const text = JSON.stringify({client_payload: {version: 1, title: '', partition: 0, partitions: 1, changes}});
  const ledger = [dispatched(0, 0, {text, acceptedAt: 0})];
  const found = findBreaches({...NO_EVIDENCE, partitions: 1, sent, attempts, ledger});
  expect(found.filter(breach => breach.includes('overtook'))).toEqual(breaches);
});
