/**
 * Reconcile: the format of `reconcile.json`. It contains the result of the last round, the dispatched changes that wait for a
 * decision, and digests of the rules.
 */
import * as z from 'zod/mini';
import {parseOrUndefined} from '../base/json.ts';

const Whole = z.int().check(z.minimum(0));

/** A dispatched change without a known decision. Times are seconds since the epoch. */
const Awaited = z.object({
  /** The change's id in the audit log. */
  id: z.string(),
  blueprint: z.string(),
  entity: z.string(),
  /** ISO 8601, as in Port. */
  at: z.string(),
  /** The times of the first and of the last dispatch. */
  first: Whole,
  last: Whole,
  /** The number of dispatches. */
  times: Whole,
});
export type Awaited = Readonly<z.infer<typeof Awaited>>;

const RoundFile = z.object({
  version: z.literal(1),
  /** The time of the round, and its window. ISO 8601. */
  at: z.string(),
  window: z.object({from: z.string(), to: z.string()}),
  /** changes = irrelevant + handled + superseded + witnessed + missing */
  changes: Whole,
  irrelevant: Whole,
  handled: Whole,
  superseded: Whole,
  witnessed: Whole,
  missing: Whole,
  /** The number of entries that cannot be read. They are not among the changes. */
  unreadable: Whole,
  /** Every change up to this time is accounted for. Milliseconds since the epoch. */
  last: z.optional(Whole),
  awaited: z.array(Awaited),
  /** A digest of the conditions of each rule, by name. */
  rules: z.record(z.string(), z.string()),
});
export type Round = Readonly<z.infer<typeof RoundFile>>;

/** Undefined if the text is not a valid round. */
export function parseRound(text: string): Round | undefined {
  const parsed = RoundFile.safeParse(parseOrUndefined(text));
  return parsed.success ? parsed.data : undefined;
}

/** Writes one line for each awaited change, for readable diffs. */
export function serializeRound({awaited, rules, ...result}: Round): string {
  const head = JSON.stringify(result, null, 2).replace(/\n}$/, '');
  const lines = awaited.map(one => `\n    ${JSON.stringify(one)}`).join(',');
  return `${head},\n  "awaited": [${lines === '' ? '' : `${lines}\n  `}],\n  "rules": ${JSON.stringify(rules)}\n}\n`;
}

/** Two commands can run at the same time. Changes that either of them dispatched are awaited. */
export function mergeAwaited(
  ours: readonly Awaited[],
  theirs: readonly Awaited[],
  settled: ReadonlySet<string>,
): Awaited[] {
  const byId = new Map(ours.map(one => [one.id, one]));
  for (const one of theirs) {
    const own = byId.get(one.id);
    if (own === undefined && !settled.has(one.id)) byId.set(one.id, one);
    if (own === undefined) continue;
    const [first, last] = [Math.min(own.first, one.first), Math.max(own.last, one.last)];
    byId.set(one.id, {...own, first, last, times: Math.max(own.times, one.times)});
  }
  return [...byId.values()];
}
