/** Memory: a step of an incident: the facts that it sees, and the effects that it asks for. */
import type {Rule} from '../../rules/rules.ts';
import type {Incident, Topic} from '../format/format.ts';

/** What is known when an incident takes a step. Times are seconds since the epoch. */
export interface StepFacts {
  readonly rule: Rule;
  /** The time of the step: `at` of the change, or when the timer was due. */
  readonly at: number;
  /** When the timer was due that causes the step. Absent if a change causes it. */
  readonly due?: number;
  /** The run's clock. */
  readonly now: number;
  readonly run: string;
  /** Where the rule and the routes send messages about it. */
  readonly destinations: readonly string[];
  /** Windows and silences that are in force for it. */
  readonly muted: readonly string[];
  /** One of them stops scripts too. */
  readonly stopsScripts: boolean;
  readonly inhibitedBy?: Incident['inhibitedBy'];
}

/** Why something was not done. Only the record shows it. */
export type Why =
  | 'duplicate'
  | 'superseded'
  | 'stale'
  | 'cooldown'
  | 'attempts'
  | 'flapping'
  | 'muted'
  | 'inhibited'
  | 'waiting'
  | 'healed'
  | 'open-already'
  | 'missing-between'
  | 'outcome-unknown'
  | 'never-began'
  | 'over';

export type Effect =
  | {
      readonly kind: 'notify';
      readonly topic: Topic;
      readonly to: readonly string[];
      /** When the timer was due that caused it. Absent if a change did. */
      readonly due?: number;
      readonly mention?: string;
      /** How long the incident lasted. */
      readonly seconds?: number;
    }
  | {readonly kind: 'run'; readonly attempt: number; readonly due?: number}
  | {
      readonly kind: 'note';
      readonly why: Why;
      /** What was left out. Absent if nothing was. */
      readonly instead?: 'notification' | 'remediation';
      /** When it would be possible again. */
      readonly until?: number;
      readonly seconds?: number;
    };

export interface FoldStep {
  /** The incident after the step. Undefined if it is removed. */
  readonly incident: Incident | undefined;
  readonly effects: readonly Effect[];
}

export const seconds = (ms: number) => Math.round(ms / 1000);

/** The destinations that have a message about the incident, or get one in this step. */
export function audienceOf({told, route = [], muted, inhibitedBy}: Incident): string[] {
  const coming = muted === undefined && inhibitedBy === undefined ? route : [];
  return [...new Set([...Object.keys(told), ...coming])];
}

/** The incident without some of its keys. */
export function without(incident: Incident, ...keys: readonly (keyof Incident)[]): Incident {
  return Object.fromEntries(
    Object.entries(incident).filter(([key]) => !keys.includes(key as keyof Incident)),
  ) as unknown as Incident;
}
