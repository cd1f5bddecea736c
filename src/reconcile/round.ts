/**
 * Reconcile: what one round leaves for the next, `reconcile.json` on the first shard of the memory: the result that people read,
 * the changes that were dispatched and wait for their decision, and the rules by which was counted.
 */
import * as z from 'zod/mini';
import {parseOrUndefined} from '../base/json.ts';

const Whole = z.int().check(z.minimum(0));

/** A change that was dispatched, and of which no decision is known yet. Times are seconds since the epoch. */
const Awaited = z.object({
  /** The change's id in the audit log. */
  id: z.string(),
  blueprint: z.string(),
  entity: z.string(),
  /** ISO 8601, as Port has it. */
  at: z.string(),
  /** When it was dispatched first, and last. */
  first: Whole,
  last: Whole,
  /** How often. */
  times: Whole,
});
export type Awaited = Readonly<z.infer<typeof Awaited>>;

const RoundFile = z.object({
  version: z.literal(1),
  /** When the round ran, and what it looked at. ISO 8601. */
  at: z.string(),
  window: z.object({from: z.string(), to: z.string()}),
  /** changes = irrelevant + handled + superseded + witnessed + missing */
  changes: Whole,
  irrelevant: Whole,
  handled: Whole,
  superseded: Whole,
  witnessed: Whole,
  missing: Whole,
  /** Entries that are not among the changes, because they cannot be read. */
  unreadable: Whole,
  /** The end of the window up to which everything is accounted for, in milliseconds since the epoch. */
  last: z.optional(Whole),
  awaited: z.array(Awaited),
  /** By name: a digest of what each rule matches. */
  rules: z.record(z.string(), z.string()),
});
export type Round = Readonly<z.infer<typeof RoundFile>>;

/** Undefined if it is not the file of a round. */
export function parseRound(text: string): Round | undefined {
  const parsed = RoundFile.safeParse(parseOrUndefined(text));
  return parsed.success ? parsed.data : undefined;
}

/** One line for each change that waits, so that `git diff` shows what happened. */
export function serialiseRound({awaited, rules, ...result}: Round): string {
  const head = JSON.stringify(result, null, 2).replace(/\n}$/, '');
  const lines = awaited.map(one => `\n    ${JSON.stringify(one)}`).join(',');
  return `${head},\n  "awaited": [${lines === '' ? '' : `${lines}\n  `}],\n  "rules": ${JSON.stringify(rules)}\n}\n`;
}

/** Two commands may run at the same time: what either has dispatched waits for its decision. */
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
