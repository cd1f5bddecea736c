/** Backtest: the result, for reports and as JSON. Pure. */
import type {Incident} from '../memory/format/format.ts';
import type {Backtest} from './backtest.ts';
import type {ComparisonResult} from './comparison.ts';
import type {Cost} from './cost.ts';
import {describeProtected, type ProtectedResult} from './protected-incidents.ts';
import type {RecordingFacts} from './recording.ts';
import type {RuleTally} from './tally.ts';

export interface BacktestResult {
  readonly recording: RecordingFacts & {readonly name: string};
  /** The path of the rules file. */
  readonly rulesFile: string;
  /** The number of changes in the requested time range. */
  readonly changes: number;
  /** ISO 8601. Absent without changes. */
  readonly from?: string;
  readonly to?: string;
  readonly messages: number;
  readonly rules: readonly RuleTally[];
  /** Each day of the recording, in UTC. If there are more than 1,000 days, only those with messages. */
  readonly days: readonly Day[];
  /** Messages by destination, in descending order. */
  readonly destinations: Readonly<Record<string, number>>;
  /** Incidents that are open at the end, oldest first. */
  readonly open: readonly OpenIncident[];
  readonly cost: Cost;
  readonly comparison?: ComparisonResult & {readonly ref: string};
  /** Incidents that must be reported. Absent without such a list. */
  readonly protected?: readonly ProtectedItem[];
}

export interface ProtectedItem {
  /** `orders-db at 2026-11-03T04:12:00Z` */
  readonly incident: string;
  readonly status: ProtectedResult['status'];
}

export interface Day {
  /** `2026-11-20` */
  readonly day: string;
  /** Messages by destination. */
  readonly messages: Readonly<Record<string, number>>;
}

export interface OpenIncident {
  readonly rule: string;
  readonly blueprint: string;
  readonly entity: string;
  readonly title: string;
  /** ISO 8601 */
  readonly since: string;
}

export interface ResultFacts {
  readonly name: string;
  readonly rules: string;
  readonly base: string | undefined;
  /** The number of entries that the source could not read. */
  readonly unreadable: number;
}

const MAX_OPEN = 100;

export function resultOf(found: Backtest, {name, rules, base, unreadable}: ResultFacts): BacktestResult {
  const {recording, changes, span, head, cost, comparison, protection} = found;
  const days = span === undefined ? [] : daysOf(span, head.days);
  return {
    recording: {name, ...recording, unreadable: recording.unreadable + unreadable},
    rulesFile: rules,
    changes,
    ...(span === undefined ? {} : {from: new Date(span.fromMs).toISOString(), to: new Date(span.toMs).toISOString()}),
    messages: head.messages,
    rules: head.rules,
    days,
    destinations: totalsOf(days),
    open: head.open.slice(0, MAX_OPEN).map(openOf),
    cost,
    ...(comparison === undefined || base === undefined ? {} : {comparison: {ref: base, ...comparison}}),
    ...(protection.length === 0
      ? {}
      : {protected: protection.map(({incident, status}) => ({incident: describeProtected(incident), status}))}),
  };
}

const DAY_MS = 86_400_000;
/** A single incorrect date must not produce a list of centuries. */
const MAX_DAYS = 1000;

function daysOf({fromMs, toMs}: {fromMs: number; toMs: number}, counts: Backtest['head']['days']): Day[] {
  const first = Math.floor(fromMs / DAY_MS);
  const length = Math.floor(toMs / DAY_MS) - first + 1;
  if (length > MAX_DAYS) {
    return [...counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([day, n]) => ({day, messages: Object.fromEntries(n)}));
  }
  return Array.from({length}, (_, index) => {
    const day = new Date((first + index) * DAY_MS).toISOString().slice(0, 10);
    return {day, messages: Object.fromEntries(counts.get(day) ?? [])};
  });
}

function totalsOf(days: readonly Day[]): Record<string, number> {
  const totals = new Map<string, number>();
  for (const {messages} of days) {
    for (const [name, n] of Object.entries(messages)) totals.set(name, (totals.get(name) ?? 0) + n);
  }
  return Object.fromEntries([...totals].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

function openOf({rule, blueprint, entity, title, since}: Incident): OpenIncident {
  return {rule, blueprint, entity, title, since: new Date(since * 1000).toISOString()};
}
