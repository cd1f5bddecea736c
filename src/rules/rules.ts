/** Rules in their compiled form: what should happen, ready to be evaluated. The written form is in parse-rules.ts. */
import type {ChangeAction} from '../change/change.ts';
import type {Expression, ValueExpression} from './expression/expression.ts';
import type {Template} from './expression/template.ts';
import type {NamePattern} from './values/glob.ts';

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
  /** Whether the end of an incident is sent too. True if absent. */
  readonly recovery?: boolean;
  readonly repeat?: Repeat;
  /** By `afterMs`, the earliest first. */
  readonly escalate?: readonly Escalation[];
}

/** A reminder of an incident that stays open. */
export interface Repeat {
  readonly everyMs: number;
  /** The number of reminders. No limit if absent. */
  readonly times?: number;
}

/** A message to more people about an incident that has been open for some time, and is not acknowledged. */
export interface Escalation {
  readonly afterMs: number;
  readonly slack: readonly string[];
  readonly mention?: string;
}

export interface Remediate {
  /** A file of the repository to run. One of `run` and `job` is set. */
  readonly run?: string;
  /** The name of a later job, which takes its list from the output `remediations-by-job`. */
  readonly job?: string;
  readonly timeoutMs: number;
  /** Takes effect with the incident memory. */
  readonly cooldownMs?: number;
  /** Takes effect with the incident memory. */
  readonly attempts?: number;
  /** How long after a script its incident must be over. Else the script did not help. */
  readonly verifyMs?: number;
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables of the step that the script may see. */
  readonly pass: readonly string[];
}

/** What ends an incident, if something else than leaving the bad side. */
export interface Clear {
  /** With `above` at or below this number. With `below` at or above it. */
  readonly at?: number;
  /** With `to`: one of these values. */
  readonly to?: readonly Scalar[];
  /** How long it must be over until it counts as ended. */
  readonly forMs?: number;
}

/** From how many openings and closings on, within how long, an incident is reported once as flapping. */
interface Flapping {
  readonly changes: number;
  readonly withinMs: number;
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
  /** How long the rule must hold until its incident is opened. */
  readonly forMs?: number;
  readonly clear?: Clear;
  readonly flapping?: Flapping;
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

/** Which notifications go to which destinations. The first that takes one decides. */
export interface Route {
  /** Its place in the file: `routes[1]`. */
  readonly place: string;
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
  /** Its place in the file: `silences[0]`. */
  readonly place: string;
  readonly owner: string;
  readonly reason: string;
  /** As it is written: ISO 8601 with its offset. */
  readonly until: string;
  readonly untilMs: number;
  readonly fromMs?: number;
}

/** While an incident of one of the rules is open at the entity that the relation names, matches here are held back. */
export interface Inhibit {
  /** Names of rules. */
  readonly while: readonly string[];
  /** The relation of the entity that is held back. */
  readonly through: string;
  readonly match: Selector;
}

/** A rule with mistakes. It decides nothing, so it is unknown which changes it is for. */
export interface BrokenRule {
  readonly name?: string | undefined;
  /** The blueprint that it watches. Undefined if that cannot be read. */
  readonly blueprint?: string | undefined;
}

/** What is left out of the rules because it has mistakes. */
export interface LeftOut {
  readonly rules: readonly BrokenRule[];
  /** The place of a window or a silence that may forbid remediations: `silences[0]`. */
  readonly mayForbidRemediations?: string | undefined;
  /** The files of remediations that are missing. Their rules do everything else. */
  readonly scripts?: ReadonlySet<string>;
}

export interface Rules {
  readonly rules: readonly Rule[];
  readonly byName: ReadonlyMap<string, Rule>;
  /** The same rules, by the blueprint that they watch. */
  readonly byBlueprint: ReadonlyMap<string, readonly Rule[]>;
  readonly routes: readonly Route[];
  readonly mute: readonly MuteWindow[];
  readonly silences: readonly Silence[];
  readonly inhibit: readonly Inhibit[];
  /** Where incidents are shown in Port. */
  readonly incidents?: {readonly blueprint: string};
  /** A property's values from best to worst. */
  readonly statuses: ReadonlyMap<string, readonly string[]>;
  readonly leftOut: LeftOut;
}

/** Whether a rule that has mistakes may be for the blueprint: what the other rules say of its changes is not all. */
export function isHalfKnown({leftOut}: Pick<Rules, 'leftOut'>, blueprint: string): boolean {
  return leftOut.rules.some(rule => rule.blueprint === undefined || rule.blueprint === blueprint);
}

/** Whether the rule has incidents, which begin and end. A rule without a bad side has none: each match stands alone. */
export function hasIncident({to, above, below}: Rule): boolean {
  return to !== undefined || above !== undefined || below !== undefined;
}

/** The properties of a blueprint that some rule names. */
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
