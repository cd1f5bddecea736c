/** The history of each incident, from the decision records of all runs. Pure. */
import {showSpan} from '../base/text/show.ts';
import type {Why} from '../memory/fold/step.ts';
import type {Topic} from '../memory/format/format.ts';
import {type DemoDecision, parseRecord} from './decisions.ts';
import type {RecordedRun} from './history.ts';

export interface IncidentTimeline {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  /** The state after the last run. */
  readonly state: string;
  readonly entries: readonly TimelineEntry[];
}

/** The effect of one change or clock tick. */
export interface TimelineEntry {
  /** The time of the change: ISO 8601. */
  readonly at: string;
  /** A description for the page. */
  readonly what: string;
  readonly run: number;
}

/** Sorted by the start of the incidents. */
export function incidentsIn(runs: readonly RecordedRun[]): IncidentTimeline[] {
  const timelines = new Map<string, IncidentTimeline>();
  const idByKey = new Map<string, string>();
  for (const run of runs) {
    for (const {change, memory} of parseRecord(run.ended?.record ?? '')) {
      for (const one of memory) {
        const incident = one.after ?? one.before;
        const id = incident?.id ?? idByKey.get(one.key);
        if (id === undefined) continue;
        idByKey.set(one.key, id);
        const known = timelines.get(id);
        const entry = {at: change.at, what: wordsFor(one), run: run.id};
        timelines.set(id, {
          id,
          rule: one.rule,
          title: incident?.title ?? known?.title ?? change.entity,
          state: incident?.state ?? known?.state ?? '',
          entries: [...(known?.entries ?? []), entry],
        });
      }
    }
  }
  return [...timelines.values()];
}

type Remembered = DemoDecision['memory'][number];

const WORDS: Readonly<Record<Topic | Why | 'run', string>> = {
  firing: 'opened, and reported',
  reopened: 'opened again, and reported',
  update: 'another unhealthy value, reported',
  recovered: 'closed, and reported',
  deleted: 'closed with its entity',
  reminder: 'still open: a reminder',
  escalation: 'escalated',
  flapping: 'flapping: no more messages',
  stable: 'stable again',
  'not-recovered': 'the script did not help',
  'gave-up': 'gave up',
  run: 'the script starts',
  cooldown: 'no script: its cooldown is not over',
  attempts: 'no script: all attempts are used up',
  duplicate: 'a second delivery: no reaction',
  waiting: 'waits until the rule has matched for the duration of `for`',
  'open-already': 'already open: not reported again',
  'outcome-unknown': 'the result of the script is unknown',
  superseded: 'older than the incident memory: no reaction',
  stale: 'older than the last change: no reaction',
  muted: 'muted',
  inhibited: 'held back by another incident',
  healed: 'healed before the duration of `for` had passed',
  'missing-between': 'a change in between is missing',
  'never-began': 'no incident was open: not reported',
  over: 'no script: the incident is closed',
};

function wordsFor({what, before, after}: Remembered): string {
  const words = (WORDS as Readonly<Record<string, string>>)[what] ?? what;
  const opened = before?.turns.at(-1);
  const closed = after?.closed;
  if (what !== 'recovered' || opened === undefined || closed === undefined) return words;
  return `closed after ${showSpan(closed - opened)}, and reported`;
}
