/** Rules in their compiled form: what should happen, ready to be evaluated. The written form is in parse-rules.ts. */
import type {ChangeAction} from '../change/change.ts';
import type {Expression} from './expression.ts';
import type {Template} from './template.ts';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
/** From harmless to worst, as in {@link SEVERITIES}. */
type Severity = (typeof SEVERITIES)[number];

/** A value that `from` and `to` can name. null means "not set": absent or null. */
export type Scalar = string | number | boolean | null;

interface Notify {
  /** Mentions in Slack's own form, `<!subteam^S0123>`: the only text that Slack notifies people by. */
  readonly mention?: string;
  /** http or https address of what to read at 3 a.m. */
  readonly runbook?: string;
  /** A destination's name; wins over the routes. */
  readonly slack?: string;
  /** What the message says, in the author's own words. */
  readonly text?: Template;
}

export interface Remediate {
  /** A file of the repository to run. One of `run` and `job` is set. */
  readonly run?: string;
  /** The name of a later job that reads the `remediations` output. */
  readonly job?: string;
  readonly timeoutMs: number;
  /** Takes effect with the incident memory. */
  readonly cooldownMs?: number;
  /** Takes effect with the incident memory. */
  readonly attempts?: number;
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables of the step that the script may see. */
  readonly pass: readonly string[];
}

export interface Rule {
  readonly name: string;
  readonly blueprint: string;
  readonly on: readonly ChangeAction[];
  readonly property?: string;
  readonly from?: readonly Scalar[];
  readonly to?: readonly Scalar[];
  readonly above?: number;
  readonly below?: number;
  /** Takes effect with the incident memory. */
  readonly clear?: number;
  readonly if?: Expression;
  readonly severity: Severity;
  readonly notify?: Notify;
  readonly remediate?: Remediate;
}

/** What a route can ask about a match. */
export type RouteKey = 'blueprint' | 'entity' | 'team' | 'property' | 'severity' | 'rule';

/** Which notifications go to which destination; the first that matches decides. No `match`: all of them. */
export interface Route {
  readonly match: Readonly<Partial<Record<RouteKey, readonly string[]>>>;
  readonly slack: string;
}

export interface Rules {
  readonly rules: readonly Rule[];
  /** The same rules, by the blueprint that they watch. */
  readonly byBlueprint: ReadonlyMap<string, readonly Rule[]>;
  readonly routes: readonly Route[];
  /** A property's values from best to worst. */
  readonly statuses: ReadonlyMap<string, readonly string[]>;
}

/** The properties of a blueprint that some rule looks at: they are kept when a change must be cut. */
export function watchedProperties(rules: Rules, blueprint: string): Set<string> {
  const ofRule = (rule: Rule) => [
    ...(rule.property === undefined ? [] : [rule.property]),
    ...(rule.if?.properties ?? []),
    ...(rule.notify?.text?.properties ?? []),
  ];
  return new Set((rules.byBlueprint.get(blueprint) ?? []).flatMap(ofRule));
}
