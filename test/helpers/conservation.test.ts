import {expect, test} from '@jest/globals';
import {aChange} from './a-change.ts';
import {findBreaches} from './conservation.ts';
import type {LedgerEntry} from './stormy-github.ts';

/** A dispatch that is answered at once. Times are in milliseconds. */
function dispatched(partition: number, arrivedAt: number, answer: LedgerEntry['fate']['answer']): LedgerEntry {
  const payload = {version: 1, title: '', partition, partitions: 4, changes: [aChange()]};
  const fate = {accepts: false, answer, afterMs: 0};
  return {
    token: 'a1',
    arrivedAt,
    text: JSON.stringify({client_payload: payload}),
    fate,
    acceptedAt: undefined,
    endedAt: arrivedAt,
  };
}

const limited = dispatched(0, 0, {status: 429, headers: {'retry-after': '1'}});
const ok = {status: 204} as const;

test.each<[string, LedgerEntry[], string[]]>([
  ['a dispatch of each other partition that was in flight', [dispatched(1, 5, ok), dispatched(2, 848, ok)], []],
  ['dispatches after the wait', [dispatched(0, 1_000, ok), dispatched(1, 1_400, ok)], []],
  ['the limited partition', [dispatched(0, 848, ok)], ['a1 sent partition 0 848 ms into a wait of 1000 ms']],
  [
    'a partition for the second time',
    [dispatched(1, 5, ok), dispatched(1, 300, ok)],
    ['a1 sent partition 1 300 ms into a wait of 1000 ms'],
  ],
])('during a limit: %s', (_name, ledger, breaches) => {
  const evidence = {sent: new Map(), inOrder: () => false, attempts: [], partitions: 4, maxPerMinute: 60};
  const found = findBreaches({...evidence, ledger: [limited, ...ledger]});
  expect(found.filter(breach => breach.includes('into a wait'))).toEqual(breaches);
});
