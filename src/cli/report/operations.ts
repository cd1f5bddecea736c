/** Report: decision records → statistics on the rules, as data. Pure. */
import {type PercentileSummary, Percentiles, summarize} from '../../backtest/percentiles.ts';
import {type NotifyReport, NotifyTally} from './notify-tally.ts';
import type {RecordedIncident, RecordLine} from './record-line.ts';

export interface Operations extends NotifyReport {
  /** ISO 8601. Absent without changes. */
  readonly from?: string;
  readonly to?: string;
  readonly runs: number;
  readonly changes: number;
  /** Changes that a rule matched. */
  readonly matched: number;
  /** The number of reactions by kind and status: `notification done`. */
  readonly reactions: Readonly<Record<string, number>>;
  readonly incidents: {
    readonly opened: number;
    readonly ended: number;
    /** Incidents that were sent, and recovered without a script within five minutes. */
    readonly noise: number;
    /** From start to end, in seconds. */
    readonly timeToRecover?: PercentileSummary;
  };
  /** Pairs of rule and entity, by descending number of openings and closings. */
  readonly flappers: readonly Flapper[];
  readonly scripts: readonly ScriptReport[];
}

export interface Flapper {
  readonly rule: string;
  readonly entity: string;
  /** The number of openings and closings. */
  readonly turns: number;
}

export interface ScriptReport {
  /** The name of the script or job. */
  readonly name: string;
  readonly started: number;
  readonly failed: number;
  /** The number of incidents that ended after it ran. */
  readonly helped: number;
  /** How often an incident was still open at the check of `verify`. */
  readonly didNotHelp: number;
}

const NOISE_SECONDS = 300;
const MAX_FLAPPERS = 10;

interface IncidentHistory {
  incident: RecordedIncident;
  turns: number;
  wasSent: boolean;
}

interface Script {
  started: number;
  failed: number;
  didNotHelp: number;
  readonly rules: Set<string>;
}

export class OperationsTally {
  readonly #runs = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #reactions = new Map<string, number>();
  readonly #histories = new Map<string, IncidentHistory>();
  readonly #notify = new NotifyTally();
  readonly #scripts = new Map<string, Script>();
  #changes = 0;
  #matched = 0;
  #from: string | undefined;
  #to: string | undefined;

  /** Ignores duplicate lines, for example from two copies of an artifact. */
  add(line: RecordLine): void {
    const {change, rules, reactions, byClock, memory = [], run = ''} = line;
    const key = JSON.stringify([run, change.id, change.at, byClock, memory.map(({what}) => what)]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#runs.add(run);
    if (byClock !== true)
      this.#see(
        change.at,
        rules.some(({matched}) => matched),
      );
    for (const reaction of reactions) this.#react(reaction);
    const turned = new Set<string>();
    for (const item of memory) this.#remember(item, reactions, turned);
  }

  finish(): Operations {
    const histories = [...this.#histories.values()];
    const ended = histories.filter(({incident}) => incident.closed !== undefined);
    const recover = new Percentiles();
    for (const {incident} of ended) recover.add(lengthOf(incident));
    const timeToRecover = summarize(recover);
    return {
      ...(this.#from === undefined ? {} : {from: this.#from}),
      ...(this.#to === undefined ? {} : {to: this.#to}),
      runs: this.#runs.size,
      changes: this.#changes,
      matched: this.#matched,
      reactions: Object.fromEntries([...this.#reactions].toSorted()),
      incidents: {
        opened: histories.length,
        ended: ended.length,
        noise: ended.filter(isNoise).length,
        ...(timeToRecover === undefined ? {} : {timeToRecover}),
      },
      flappers: flappersOf(histories),
      ...this.#notify.finish(),
      scripts: [...this.#scripts].map(([name, {rules, ...counts}]) => ({
        name,
        ...counts,
        helped: ended.filter(({incident}) => incident.attempts > 0 && rules.has(incident.rule)).length,
      })),
    };
  }

  #see(at: string, isMatched: boolean): void {
    this.#changes += 1;
    if (isMatched) this.#matched += 1;
    if (this.#from === undefined || at < this.#from) this.#from = at;
    if (this.#to === undefined || at > this.#to) this.#to = at;
  }

  #react({rule, kind, status, run, job, severity, times}: RecordLine['reactions'][number]): void {
    const word = `${kind} ${status}`;
    this.#reactions.set(word, (this.#reactions.get(word) ?? 0) + 1);
    if (times !== undefined && severity !== undefined) this.#notify.add(severity, times);
    const name = run ?? job;
    if (name === undefined || kind !== 'remediation' || (status !== 'done' && status !== 'failed')) return;
    const script = this.#scripts.get(name) ?? {started: 0, failed: 0, didNotHelp: 0, rules: new Set<string>()};
    script.started += 1;
    if (status === 'failed') script.failed += 1;
    script.rules.add(rule);
    this.#scripts.set(name, script);
  }

  /** @param turned the incidents of the line that were counted as opened or closed. A message and a script have separate items */
  #remember(
    {rule, what, before, after}: NonNullable<RecordLine['memory']>[number],
    reactions: RecordLine['reactions'],
    turned: Set<string>,
  ): void {
    if (what === 'not-recovered') {
      for (const script of this.#scripts.values()) if (script.rules.has(rule)) script.didNotHelp += 1;
    }
    const incident = after ?? before;
    if (incident === null || incident.state === 'pending') return;
    const history = this.#histories.get(incident.id) ?? {incident, turns: 0, wasSent: false};
    const isTurn = (before?.state ?? 'closed') !== incident.state && [before?.state, incident.state].includes('closed');
    if ((before === null || isTurn) && !turned.has(incident.id)) {
      turned.add(incident.id);
      history.turns += 1;
    }
    const isSent = reactions.some(one => one.rule === rule && one.kind === 'notification' && one.status === 'done');
    history.wasSent ||= isSent && (what === 'firing' || what === 'reopened' || what === 'flapping');
    history.incident = incident;
    this.#histories.set(incident.id, history);
  }
}

function lengthOf({since, closed}: RecordedIncident): number {
  return Math.max(0, (closed ?? since) - since);
}

/** Whether a person was notified, but the incident ended without a script before the person could act. */
function isNoise({incident, wasSent}: IncidentHistory): boolean {
  return wasSent && incident.attempts === 0 && lengthOf(incident) <= NOISE_SECONDS;
}

function flappersOf(histories: readonly IncidentHistory[]): Flapper[] {
  const turns = new Map<string, Flapper>();
  for (const {incident, turns: n} of histories) {
    const {rule, entity} = incident;
    const key = JSON.stringify([rule, entity]);
    turns.set(key, {rule, entity, turns: (turns.get(key)?.turns ?? 0) + n});
  }
  const often = [...turns.values()].filter(flapper => flapper.turns > 2);
  return often.toSorted((a, b) => b.turns - a.turns || (a.entity < b.entity ? -1 : 1)).slice(0, MAX_FLAPPERS);
}
