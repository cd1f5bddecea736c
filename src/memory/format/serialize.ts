/** Memory → the text of `memory.json`, one line for each item, so that `git diff` is readable. Pure. */
import {canonicalJson} from '../../base/json.ts';
import type {Incident, Memory} from './format.ts';

/** The same memory always produces the same text, regardless of the order of its items. */
export function serialize({version, shard, horizon, incidents, unfinished, done}: Memory): string {
  const head = `{"version":${version},"shard":${shard},"horizon":${horizon},`;
  const items = incidents.toSorted(bySubject).map(incident => JSON.stringify(incident));
  return [
    head,
    `"incidents":[${lines(items)}],`,
    `"unfinished":{${lines(members(unfinished, ([, a], [, b]) => a.t - b.t))}},`,
    `"done":{${lines(members(done, ([, a], [, b]) => a - b))}}}`,
    '',
  ].join('\n');
}

function lines(items: readonly string[]): string {
  return items.length === 0 ? '' : `\n${items.join(',\n')}`;
}

type Entry<T> = readonly [string, T];

/** The oldest first, then by key. */
function members<T>(items: Readonly<Record<string, T>>, order: (a: Entry<T>, b: Entry<T>) => number): string[] {
  return Object.entries(items)
    .toSorted((a, b) => order(a, b) || compare(a[0], b[0]))
    .map(([key, value]) => `${JSON.stringify(key)}:${typeof value === 'number' ? value : canonicalJson(value)}`);
}

function bySubject(a: Incident, b: Incident): number {
  return (
    a.since - b.since || compare(a.blueprint, b.blueprint) || compare(a.entity, b.entity) || compare(a.rule, b.rule)
  );
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
