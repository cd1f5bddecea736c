/** Memory: one step of an incident: its facts and its effects. */
import type {Rule} from '../../rules/rules.ts';
import type {Incident, Topic} from '../format/format.ts';

/** The facts of a step. Times are seconds since the epoch. */
export interface StepFacts {
  readonly rule: Rule;
  /** The time of the step: the change's `at`, or when the timer was due. */
  readonly at: number;
  /** When the timer of this step was due. Absent if a change causes the step. */
  readonly due?: number;
  /** The current time of the run. */
  readonly now: number;
  readonly run: string;
  /** The destinations from the rule and the routes. */
  readonly destinations: readonly string[];
  /** The windows and silences that are in effect. */
  readonly muted: readonly string[];
  /** Whether a window or silence also stops scripts. */
  readonly stopsScripts: boolean;
  readonly inhibitedBy?: Incident['inhibitedBy'];
}

/** Why a reaction did not take place. Only the record shows it. */
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
      /** When the timer that caused it was due. Absent if a change caused it. */
      readonly due?: number;
      readonly mention?: string;
      /** The duration of the incident. */
      readonly seconds?: number;
    }
  | {readonly kind: 'run'; readonly attempt: number; readonly due?: number}
  | {
      readonly kind: 'note';
      readonly why: Why;
      /** The reaction that was omitted, if any. */
      readonly instead?: 'notification' | 'remediation';
      /** When the reaction will be possible again. */
      readonly until?: number;
      readonly seconds?: number;
    };

export interface FoldStep {
  /** The incident after the step. Undefined if it is removed. */
  readonly incident: Incident | undefined;
  readonly effects: readonly Effect[];
}

export const seconds = (ms: number) => Math.round(ms / 1000);

/** The destinations that have received a message about the incident, or receive one in this step. */
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
