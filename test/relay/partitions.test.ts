import {beforeEach, describe, expect, test} from '@jest/globals';
import {Held} from '../../relay/held.ts';
import {Partitions} from '../../relay/partitions.ts';
import {aChange} from '../helpers/a-change.ts';
import {createHandClock} from '../helpers/hand-clock.ts';

const clock = createHandClock();
const partitions = () => new Partitions<string>(4);

/** Entities of different partitions of four. */
const ENTITIES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

function hold(all: Partitions<string>, entity: string, holdMs: number): Held<string> {
  const change = aChange({entity});
  const held = new Held<string>({change, transition: undefined}, {json: '{}', bytes: 2}, clock, () => 'late');
  void held.wait(holdMs);
  all.of(change).add(held);
  return held;
}

describe('Partitions', () => {
  let all: Partitions<string>;
  beforeEach(() => {
    all = partitions();
  });

  test('the partition goes first in which somebody has to be answered first', () => {
    expect(all.longestHeld()).toBeUndefined();
    for (const [n, entity] of ENTITIES.entries()) hold(all, entity, 8_000 - n);
    const last = all.of(aChange({entity: 'h'}));
    const first = all.longestHeld();
    const deadlines = ENTITIES.map(entity => all.of(aChange({entity})).deadlineMs);
    expect(first?.deadlineMs).toBe(Math.min(...deadlines));
    first?.depart();
    expect(all.longestHeld()).not.toBe(first);
    expect(last.held).toBeGreaterThan(0);
  });

  test('tells how many go before a partition', () => {
    for (const [n, entity] of ENTITIES.entries()) hold(all, entity, 1_000 * (n + 1));
    const busy = new Set(ENTITIES.map(entity => all.of(aChange({entity})).index)).size;
    const lines = [...new Set(ENTITIES.map(entity => all.of(aChange({entity}))))].map(one => all.lineBefore(one));
    expect(lines.map(({ahead}) => ahead).toSorted()).toEqual(Array.from({length: busy}, (_, n) => n));
    expect(new Set(lines.map(line => line.busy))).toEqual(new Set([busy]));
  });

  test('counts what it holds, and gives up all that waits', () => {
    for (const entity of ENTITIES) hold(all, entity, 8_000);
    expect([all.held, all.heldBytes]).toEqual([8, 8 * 3]);
    const inFlight = all.longestHeld()?.depart().length ?? 0;
    expect(all.drain()).toHaveLength(8 - inFlight);
    expect(all.held).toBe(inFlight);
  });
});
