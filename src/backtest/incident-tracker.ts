/**
 * Backtest: follows incidents from start to end. A reopened incident remains the same incident, and ends when it closes for the
 * last time. Its duration is counted as soon as no match can reopen it.
 */
import {isRemovable} from '../memory/fold/timers.ts';
import type {Incident} from '../memory/format/format.ts';
import {subjectOf} from '../memory/format/keys.ts';
import {hasIncident, type Rules} from '../rules/rules.ts';
import type {ReplayedRun} from './replay.ts';

interface TrackedIncident {
  readonly incident: Incident;
  readonly hasFlapped: boolean;
}

export interface EndedIncident {
  readonly rule: string;
  /** From the start to the last closing. */
  readonly seconds: number;
}

export interface TrackerOptions {
  readonly onBegin: (incident: Incident) => void;
  readonly onFlap: (incident: Incident) => void;
  readonly onEnd: (ended: EndedIncident) => void;
}

const HOUR_MS = 3_600_000;

export class IncidentTracker {
  readonly #rules: Rules;
  readonly #options: TrackerOptions;
  /** Incidents that are open or can be reopened, by subject. */
  readonly #tracked = new Map<string, TrackedIncident>();
  #sweptMs = Number.NEGATIVE_INFINITY;

  constructor(rules: Rules, options: TrackerOptions) {
    this.#rules = rules;
    this.#options = options;
  }

  observe({atMs, before, after}: ReplayedRun): void {
    const known = new Set(before);
    for (const incident of after) if (!known.has(incident)) this.#follow(incident);
    // The memory can already lack an incident that closed in this run, if no match can reopen it.
    const left = new Set(after.map(({id}) => id));
    for (const incident of before) if (!left.has(incident.id)) this.#remove(incident, atMs);
    if (atMs - this.#sweptMs >= HOUR_MS) {
      this.#endClosed(Math.floor(atMs / 1000));
      this.#sweptMs = atMs;
    }
  }

  /**
   * Ends the closed incidents.
   * @returns the open ones, oldest first
   */
  finish(): Incident[] {
    for (const tracked of [...this.#tracked.values()])
      if (tracked.incident.state === 'closed') this.#end(tracked.incident);
    return [...this.#tracked.values()].map(({incident}) => incident).toSorted((a, b) => a.since - b.since);
  }

  #follow(incident: Incident): void {
    const rule = this.#rules.byName.get(incident.rule);
    const wasOpened = incident.turns.length > 0; // false while it is pending
    if (rule === undefined || !hasIncident(rule) || !wasOpened) return;
    const subject = subjectOf(incident);
    const tracked = this.#tracked.get(subject);
    const isSame = tracked?.incident.id === incident.id;
    if (tracked !== undefined && !isSame) this.#end(tracked.incident);
    if (!isSame) this.#options.onBegin(incident);
    const isFlapping = incident.flapping !== undefined;
    const hadFlapped = isSame && tracked.hasFlapped;
    if (isFlapping && !hadFlapped) this.#options.onFlap(incident);
    this.#tracked.set(subject, {incident, hasFlapped: isFlapping || hadFlapped});
  }

  #remove(incident: Incident, atMs: number): void {
    const tracked = this.#tracked.get(subjectOf(incident));
    if (tracked?.incident.id === incident.id) this.#end(tracked.incident, Math.floor(atMs / 1000));
  }

  /** The end of a `clearing` incident is the time when it started to clear. */
  #end(incident: Incident, now?: number): void {
    const {rule, since, closed, clearedAt} = incident;
    this.#tracked.delete(subjectOf(incident));
    this.#options.onEnd({rule, seconds: Math.max(0, (closed ?? clearedAt ?? now ?? since) - since)});
  }

  #endClosed(now: number): void {
    for (const {incident} of [...this.#tracked.values()]) {
      const isEnded = incident.state === 'closed' && isRemovable(incident, this.#rules.byName.get(incident.rule), now);
      if (isEnded) this.#end(incident);
    }
  }
}
