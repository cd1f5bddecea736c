/** Backtest: runs → numbers for each rule, day and destination. It stores neither changes nor messages. */
import type {Incident, Topic} from '../memory/format/format.ts';
import type {NoteReaction} from '../memory/reactions.ts';
import {hasIncident, type Rule, type Rules} from '../rules/rules.ts';
import {IncidentTracker} from './incident-tracker.ts';
import {type PercentileSummary, Percentiles, summarize} from './percentiles.ts';
import type {ReplayedRun} from './replay.ts';
import {messagesOf, type SentMessage} from './sent-message.ts';

/** The number of suppressed reactions by reason: `muted`, `inhibited`, `flapping`, `cooldown`, `attempts`, … */
export type SuppressedCounts = Readonly<Record<string, number>>;

export interface RuleTally {
  readonly rule: string;
  readonly matches: number;
  /** Messages that contain a report of the rule. */
  readonly messages: number;
  /** Reports by topic: `firing`, `recovered`, … Each destination counts. */
  readonly reports: Readonly<Partial<Record<Topic, number>>>;
  /** The number of script starts and hand-overs, by script or job. */
  readonly scripts: Readonly<Record<string, number>>;
  /** Absent for a rule without incidents. */
  readonly incidents?: IncidentTally;
  readonly heldMessages: SuppressedCounts;
  readonly heldScripts: SuppressedCounts;
  /** Changes for which the rule could not be decided. */
  readonly undecided: number;
}

export interface IncidentTally {
  readonly opened: number;
  /** The number of incidents that flapped. */
  readonly flapped: number;
  /** The number of incidents that are open at the end. */
  readonly open: number;
  /** The durations of the ended incidents. Absent if none ended. */
  readonly seconds?: PercentileSummary;
  /** Incidents that ended before the duration of `for`. */
  readonly healed: number;
}

export interface TallyResult {
  readonly rules: readonly RuleTally[];
  readonly messages: number;
  /** By day (`2026-11-20`, in UTC), then by destination. */
  readonly days: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Oldest first. */
  readonly open: readonly Incident[];
  /** Hand-overs to later jobs. */
  readonly handOvers: number;
}

interface Counts {
  matches: number;
  messages: number;
  undecided: number;
  opened: number;
  flapped: number;
  healed: number;
  readonly reports: Map<Topic, number>;
  readonly scripts: Map<string, number>;
  readonly heldMessages: Map<string, number>;
  readonly heldScripts: Map<string, number>;
  readonly seconds: Percentiles;
}

export class Tally {
  readonly #rules: Rules;
  readonly #counts: ReadonlyMap<string, Counts>;
  readonly #tracker: IncidentTracker;
  readonly #days = new Map<string, Map<string, number>>();
  #messages = 0;
  #handOvers = 0;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#counts = new Map(rules.rules.map(({name}) => [name, noCounts()]));
    this.#tracker = new IncidentTracker(rules, {
      onBegin: ({rule}) => this.#count(rule, counts => void counts.opened++),
      onFlap: ({rule}) => this.#count(rule, counts => void counts.flapped++),
      onEnd: ({rule, seconds}) => this.#count(rule, counts => counts.seconds.add(seconds)),
    });
  }

  observe(run: ReplayedRun): void {
    const repeated = new Set(run.reactions.filter(isRepeat).map(({rule}) => rule.name));
    for (const {rule, matched, undecided} of run.watching) {
      if (matched && !repeated.has(rule)) this.#count(rule, counts => void counts.matches++);
      if (undecided) this.#count(rule, counts => void counts.undecided++);
    }
    for (const reaction of run.reactions) {
      if (reaction.kind === 'note') this.#note(reaction);
      if (reaction.kind === 'run') this.#script(reaction.rule);
    }
    for (const message of messagesOf(run)) this.#message(message);
    this.#tracker.observe(run);
  }

  finish(): TallyResult {
    const open = this.#tracker.finish();
    const rules = this.#rules.rules.map(rule => {
      const counts = this.#counts.get(rule.name) ?? noCounts();
      return tallyOf(rule, counts, open.filter(incident => incident.rule === rule.name).length);
    });
    return {rules, messages: this.#messages, days: this.#days, open, handOvers: this.#handOvers};
  }

  #count(rule: string, change: (counts: Counts) => void): void {
    const counts = this.#counts.get(rule);
    if (counts !== undefined) change(counts);
  }

  #message({atMs, destination, entries}: SentMessage): void {
    this.#messages += 1;
    const day = new Date(atMs).toISOString().slice(0, 10);
    const destinations = this.#days.get(day) ?? new Map<string, number>();
    this.#days.set(day, destinations);
    add(destinations, destination);
    for (const rule of new Set(entries.map(entry => entry.rule))) {
      this.#count(rule, counts => void counts.messages++);
    }
    for (const {rule, report} of entries) this.#count(rule, counts => add(counts.reports, report));
  }

  #script({name, remediate}: Rule): void {
    if (remediate?.job !== undefined) this.#handOvers += 1;
    this.#count(name, counts => add(counts.scripts, remediate?.run ?? remediate?.job ?? ''));
  }

  #note({rule, why, instead}: NoteReaction): void {
    this.#count(rule.name, counts => {
      if (why === 'healed') counts.healed += 1;
      if (instead === 'notification' && why !== 'open-already') add(counts.heldMessages, why);
      if (instead === 'remediation') add(counts.heldScripts, why);
    });
  }
}

function isRepeat(reaction: ReplayedRun['reactions'][number]): boolean {
  return reaction.kind === 'note' && (reaction.why === 'duplicate' || reaction.why === 'superseded');
}

function tallyOf(rule: Rule, counts: Counts, open: number): RuleTally {
  const {matches, messages, undecided, opened, flapped, healed, reports, scripts, heldMessages, heldScripts} = counts;
  const seconds = summarize(counts.seconds);
  return {
    rule: rule.name,
    matches,
    messages,
    reports: Object.fromEntries(reports),
    scripts: Object.fromEntries(scripts),
    ...(hasIncident(rule)
      ? {incidents: {opened, flapped, open, healed, ...(seconds === undefined ? {} : {seconds})}}
      : {}),
    heldMessages: Object.fromEntries(heldMessages),
    heldScripts: Object.fromEntries(heldScripts),
    undecided,
  };
}

function noCounts(): Counts {
  return {
    matches: 0,
    messages: 0,
    undecided: 0,
    opened: 0,
    flapped: 0,
    healed: 0,
    reports: new Map(),
    scripts: new Map(),
    heldMessages: new Map(),
    heldScripts: new Map(),
    seconds: new Percentiles(),
  };
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
