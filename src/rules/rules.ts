/** Rules in their compiled form: what should happen, ready to be evaluated. The written form is in parse-rules.ts. */
import type {ChangeAction} from '../change/change.ts';
import type {Expression, ValueExpression} from './expression.ts';
import type {NamePattern} from './glob.ts';
import type {Template} from './template.ts';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
/** From harmless to worst, as in {@link SEVERITIES}. */
type Severity = (typeof SEVERITIES)[number];

/** A value that `from` and `to` can name. null means "not set": absent or null. */
export type Scalar = string | number | boolean | null;

export interface Notify {
  /** Mentions in Slack's own form, `<!subteam^S0123>`: the only text that Slack notifies people by. */
  readonly mention?: string;
  /** http or https address of what to read at 3 a.m. */
  readonly runbook?: string;
  /** Where it goes, whatever the routes say. */
  readonly slack?: readonly DestinationRef[];
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

/** A destination's name, or an expression over the change whose value is one. */
export type DestinationRef = string | ValueExpression;

/** What routes, windows and silences can ask about a match. */
export type RouteKey = 'blueprint' | 'entity' | 'team' | 'property' | 'severity' | 'rule' | 'environment';

/** Which matches are meant: for each key, one of its values must fit. No key: all of them. */
export type Selector = Readonly<Partial<Record<Exclude<RouteKey, 'entity'>, readonly string[]>>> & {
  readonly entity?: readonly NamePattern[];
};

/** Which notifications go to which destinations; the first that takes one decides. */
export interface Route {
  readonly match: Selector;
  readonly slack: readonly DestinationRef[];
  /** In place of an expression that leads to no destination. Without it such a route takes nothing. */
  readonly fallback?: string;
  /** Later routes may add theirs. */
  readonly continue: boolean;
}

/** What keeps notifications from being sent for a time. */
interface Mute {
  readonly match: Selector;
  readonly reason?: string;
  /** Remediations are not run either. */
  readonly stopsRemediations: boolean;
}

/** Minutes since Monday 00:00 by the clock on the wall, from 0: the first that is in, and the first that is not any more. */
export type WeekSpan = readonly [start: number, end: number];

export const WEEK_MINUTES = 7 * 24 * 60;

/** A mute that comes back every week. */
export interface MuteWindow extends Mute {
  readonly name: string;
  /** Of the IANA time zone database, as Europe/Berlin. */
  readonly zone: string;
  /** In order, apart from each other, within one week: what goes on past Sunday is in two parts. */
  readonly spans: readonly WeekSpan[];
}

/** A mute with a person who answers for it, and an end. */
export interface Silence extends Mute {
  readonly owner: string;
  readonly reason: string;
  /** As it is written: ISO 8601 with its offset. */
  readonly until: string;
  readonly untilMs: number;
  readonly fromMs?: number;
}

export interface Rules {
  readonly rules: readonly Rule[];
  /** The same rules, by the blueprint that they watch. */
  readonly byBlueprint: ReadonlyMap<string, readonly Rule[]>;
  readonly routes: readonly Route[];
  readonly mute: readonly MuteWindow[];
  readonly silences: readonly Silence[];
  /** A property's values from best to worst. */
  readonly statuses: ReadonlyMap<string, readonly string[]>;
}

/** The properties of a blueprint that some rule looks at: they are kept when a change must be cut. */
export function watchedProperties(rules: Rules, blueprint: string): Set<string> {
  const ofRule = (rule: Rule) => [
    ...(rule.property === undefined ? [] : [rule.property]),
    ...(rule.if?.properties ?? []),
  ];
  return new Set((rules.byBlueprint.get(blueprint) ?? []).flatMap(ofRule));
}

/** Whether some rule or route says by an expression where a message goes: its value is looked up among what is configured. */
export function looksUpDestinations({routes, rules}: Rules): boolean {
  const refs = [...routes, ...rules.flatMap(({notify}) => notify ?? [])].flatMap(({slack}) => slack ?? []);
  return refs.some(ref => typeof ref !== 'string');
}

/** {@link watchedProperties}, and what texts, routes, windows and silences read: what a change that is cut must keep. */
export function neededProperties(rules: Rules, blueprint: string): Set<string> {
  const needed = watchedProperties(rules, blueprint);
  const {routes, mute, silences} = rules;
  const notifying = (rules.byBlueprint.get(blueprint) ?? []).flatMap(({notify}) => notify ?? []);
  for (const name of notifying.flatMap(({text}) => text?.properties ?? [])) needed.add(name);
  for (const ref of [...routes, ...notifying].flatMap(({slack}) => slack ?? [])) {
    for (const name of typeof ref === 'string' ? [] : ref.properties) needed.add(name);
  }
  if ([...routes, ...mute, ...silences].some(({match}) => match.environment !== undefined)) needed.add('environment');
  return needed;
}
