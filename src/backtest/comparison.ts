/**
 * Backtest: the messages of two versions of the rules → which ones are new, gone or changed. Messages are compared in a stream.
 * An unmatched message waits for one day of the recording, because its counterpart can be sent later.
 */
import {type ReportedRule, type SentMessage, wordsOf} from './sent-message.ts';

export type Side = 'base' | 'head';

/** A message as reports show it. */
export interface MessageExample {
  /** ISO 8601. */
  readonly at: string;
  readonly destination: string;
  readonly blueprint: string;
  readonly entity: string;
  readonly title: string;
  readonly rules: readonly string[];
  readonly reports: readonly string[];
}

export interface ChangedExample extends MessageExample {
  /** One entry for each difference: `severity: warning → critical`. */
  readonly differences: readonly string[];
}

interface Counted<T> {
  readonly count: number;
  /** The number of messages by rule. A message counts for each of its rules. */
  readonly rules: Readonly<Record<string, number>>;
  /** The first {@link MAX_EXAMPLES}. */
  readonly examples: readonly T[];
}

export interface ComparisonResult {
  /** The numbers of messages. */
  readonly base: number;
  readonly head: number;
  readonly new: Counted<MessageExample>;
  readonly gone: Counted<MessageExample>;
  readonly changed: Counted<ChangedExample>;
}

const WAIT_MS = 24 * 3_600_000;
const FLUSH_MS = 3_600_000;
const MAX_EXAMPLES = 200;

interface Waiting {
  base: SentMessage[];
  head: SentMessage[];
}

export class Comparison {
  /** Unmatched messages by entity. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #totals = {base: 0, head: 0};
  readonly #new = new Examples<MessageExample>();
  readonly #gone = new Examples<MessageExample>();
  readonly #changed = new Examples<ChangedExample>();
  #flushedMs = Number.NEGATIVE_INFINITY;

  add(side: Side, message: SentMessage): void {
    this.#totals[side] += 1;
    const key = `${message.blueprint}\0${message.entity}`;
    const waiting = this.#waiting.get(key) ?? {base: [], head: []};
    this.#waiting.set(key, waiting);
    const others = waiting[side === 'base' ? 'head' : 'base'];
    const index = others.findIndex(other => isSameRun(other, message) && isSameDestination(other, message));
    const [other] = index === -1 ? [] : others.splice(index, 1);
    if (other === undefined) waiting[side].push(message);
    else this.#pair(side === 'base' ? message : other, side === 'base' ? other : message);
    if (waiting.base.length + waiting.head.length === 0) this.#waiting.delete(key);
    if (message.atMs - this.#flushedMs >= FLUSH_MS) this.#flush(message.atMs);
  }

  finish(): ComparisonResult {
    this.#flush(Number.POSITIVE_INFINITY);
    return {
      ...this.#totals,
      new: this.#new.counted,
      gone: this.#gone.counted,
      changed: this.#changed.counted,
    };
  }

  #flush(nowMs: number): void {
    this.#flushedMs = nowMs;
    for (const [key, waiting] of [...this.#waiting]) {
      for (const isCounterpart of COUNTERPARTS) this.#match(waiting, isCounterpart);
      const isOver = ({atMs}: SentMessage) => nowMs - atMs >= WAIT_MS;
      for (const message of waiting.base.filter(isOver)) this.#gone.add(exampleOf(message));
      for (const message of waiting.head.filter(isOver)) this.#new.add(exampleOf(message));
      waiting.base = waiting.base.filter(message => !isOver(message));
      waiting.head = waiting.head.filter(message => !isOver(message));
      if (waiting.base.length + waiting.head.length === 0) this.#waiting.delete(key);
    }
  }

  #match(waiting: Waiting, isCounterpart: (a: SentMessage, b: SentMessage) => boolean): void {
    const left: SentMessage[] = [];
    for (const base of waiting.base) {
      const index = waiting.head.findIndex(head => isCounterpart(base, head));
      const [head] = index === -1 ? [] : waiting.head.splice(index, 1);
      if (head === undefined) left.push(base);
      else this.#pair(base, head);
    }
    waiting.base = left;
  }

  #pair(base: SentMessage, head: SentMessage): void {
    const differences = differencesOf(base, head);
    if (differences.length > 0) this.#changed.add({...exampleOf(head), differences});
  }
}

/** The criteria that match two messages about one entity, from the most to the least reliable. */
const COUNTERPARTS: readonly ((a: SentMessage, b: SentMessage) => boolean)[] = [
  (a, b) => isSameDestination(a, b) && isSameReport(a, b),
  isSameRun,
  isSameReport,
];

function isSameDestination(a: SentMessage, b: SentMessage): boolean {
  return a.destination === b.destination;
}

function isSameRun(a: SentMessage, b: SentMessage): boolean {
  return a.atMs === b.atMs;
}

/** Whether both report the same topic of the same incident or change. The names of the rules can differ. */
function isSameReport(a: SentMessage, b: SentMessage): boolean {
  const reports = new Set(a.entries.map(reportOf));
  return b.entries.some(entry => reports.has(reportOf(entry)));
}

function reportOf({report, sinceMs}: ReportedRule): string {
  return `${report} ${Math.floor(sinceMs / 1000)}`;
}

function exampleOf({atMs, destination, blueprint, entity, title, entries}: SentMessage): MessageExample {
  return {
    at: new Date(atMs).toISOString(),
    destination,
    blueprint,
    entity,
    title,
    rules: [...new Set(entries.map(({rule}) => rule))],
    reports: [...new Set(entries.map(({report}) => report))],
  };
}

function differencesOf(base: SentMessage, head: SentMessage): string[] {
  const entries = pairEntries(base.entries, head.entries);
  const later = (head.atMs - base.atMs) / 1000;
  const sentences = [
    ...difference('destination', base.destination, head.destination),
    ...entries.pairs.flatMap(([before, after]) => [
      ...difference('rule', before.rule, after.rule),
      ...difference('report', before.report, after.report),
      ...differencesInWords(before, after),
    ]),
    ...entries.lost.map(({rule, report}) => `without ${rule}: ${report}`),
    ...entries.added.map(({rule, report}) => `with ${rule}: ${report}`),
    ...(later === 0 ? [] : [`time: ${Math.abs(later)} s ${later > 0 ? 'later' : 'earlier'}`]),
  ];
  return [...new Set(sentences)];
}

function difference(what: string, from: string, to: string): string[] {
  return from === to ? [] : [`${what}: ${from || 'none'} → ${to || 'none'}`];
}

function differencesInWords(before: ReportedRule, after: ReportedRule): string[] {
  const [from, to] = [wordsOf(before), wordsOf(after)];
  return (Object.keys(from) as (keyof typeof from)[]).flatMap(key => difference(key, from[key], to[key]));
}

interface PairedEntries {
  readonly pairs: readonly (readonly [ReportedRule, ReportedRule])[];
  readonly lost: readonly ReportedRule[];
  readonly added: readonly ReportedRule[];
}

/** Pairs entries of the same rule first, then entries with the same report and different rule names. */
function pairEntries(base: readonly ReportedRule[], head: readonly ReportedRule[]): PairedEntries {
  const pairs: [ReportedRule, ReportedRule][] = [];
  let [lost, added] = [[...base], [...head]];
  for (const key of [({rule}: ReportedRule) => rule, ({report}: ReportedRule) => report]) {
    const left: ReportedRule[] = [];
    for (const before of lost) {
      const after = added.find(entry => key(entry) === key(before));
      if (after === undefined) left.push(before);
      else pairs.push([before, after]);
      added = added.filter(entry => entry !== after);
    }
    lost = left;
  }
  return {pairs, lost, added};
}

class Examples<T extends MessageExample> {
  #count = 0;
  readonly #rules = new Map<string, number>();
  readonly #examples: T[] = [];

  add(example: T): void {
    this.#count += 1;
    for (const rule of example.rules) this.#rules.set(rule, (this.#rules.get(rule) ?? 0) + 1);
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(example);
  }

  get counted(): Counted<T> {
    const examples = this.#examples.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
    return {count: this.#count, rules: Object.fromEntries(this.#rules), examples};
  }
}
