/** Rules in compiled form, ready for evaluation. The written form is in the `written` folder. */
import type {ChangeAction} from '../change/change.ts';
import type {Expression, ValueExpression} from './expression/expression.ts';
import type {Template} from './expression/template.ts';
import type {NamePattern} from './values/glob.ts';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
/** From harmless to worst, as in {@link SEVERITIES}. */
type Severity = (typeof SEVERITIES)[number];

/** A value in `from` and `to`. null means "not set": absent or null. */
export type Scalar = string | number | boolean | null;

export interface Notify {
  /** Mentions in Slack's format, `<!subteam^S0123>`. Slack notifies people only by these. */
  readonly mention?: string;
  /** The http or https address of the runbook. */
  readonly runbook?: string;
  /** Destinations that override the routes. */
  readonly slack?: readonly DestinationRef[];
  /** Custom text of the message. */
  readonly text?: Template;
  /** Whether the end of an incident is sent. Default: true. */
  readonly recovery?: boolean;
  readonly repeat?: Repeat;
  /** Sorted by `afterMs`, earliest first. */
  readonly escalate?: readonly Escalation[];
}

/** A reminder of an incident that stays open. */
export interface Repeat {
  readonly everyMs: number;
  /** The number of reminders. No limit if absent. */
  readonly times?: number;
}

/** A message to more people if an incident stays open and unacknowledged. */
export interface Escalation {
  readonly afterMs: number;
  readonly slack: readonly string[];
  readonly mention?: string;
}

export interface Remediate {
  /** A file of the repository to run. Exactly one of `run` and `job` is set. */
  readonly run?: string;
  /** The name of a later job, which reads its items from the output `remediations-by-job`. */
  readonly job?: string;
  readonly timeoutMs: number;
  /** Takes effect with the incident memory. */
  readonly cooldownMs?: number;
  /** Takes effect with the incident memory. */
  readonly attempts?: number;
  /** The time after the script within which the incident must end. Otherwise the remediation counts as failed. */
  readonly verifyMs?: number;
  readonly env: Readonly<Record<string, string>>;
  /** Names of step variables that are passed to the script. */
  readonly pass: readonly string[];
}

/** The conditions that end an incident, if they differ from the opposite of the rule's condition. */
export interface Clear {
  /** For `above`: at or below this number. For `below`: at or above it. */
  readonly at?: number;
  /** For `to`: one of these values. */
  readonly to?: readonly Scalar[];
  /** How long the condition must be clear before the incident ends. */
  readonly forMs?: number;
}

/** An incident with this many openings and closings within this time is reported once as flapping. */
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
  /** How long the rule must hold before its incident opens. */
  readonly forMs?: number;
  readonly clear?: Clear;
  readonly flapping?: Flapping;
  readonly if?: Expression;
  readonly severity: Severity;
  readonly notify?: Notify;
  readonly remediate?: Remediate;
}

/** The name of a destination, or an expression that evaluates to one. */
export type DestinationRef = string | ValueExpression;

/** The keys by which routes, windows and silences select matches. */
export type RouteKey = 'blueprint' | 'entity' | 'team' | 'property' | 'severity' | 'rule' | 'environment';

/** Selects matches. For each key, one of its values must match. Without keys, it selects all. */
export type Selector = Readonly<Partial<Record<Exclude<RouteKey, 'entity'>, readonly string[]>>> & {
  readonly entity?: readonly NamePattern[];
};

/** Maps notifications to destinations. The first matching route applies. */
export interface Route {
  /** Its place in the file: `routes[1]`. */
  readonly place: string;
  readonly match: Selector;
  readonly slack: readonly DestinationRef[];
  /** The destination if an expression resolves to none. Without a fallback, the route does not apply then. */
  readonly fallback?: string;
  /** Whether later routes can add destinations. */
  readonly continue: boolean;
}

/** Suppresses notifications for a time. */
interface Mute {
  readonly match: Selector;
  readonly reason?: string;
  /** Whether remediations are suppressed too. */
  readonly stopsRemediations: boolean;
}

/** Minutes since Monday 00:00 local time: the start (inclusive) and the end (exclusive). */
export type WeekSpan = readonly [start: number, end: number];

export const WEEK_MINUTES = 7 * 24 * 60;

/** A mute that repeats every week. */
export interface MuteWindow extends Mute {
  readonly name: string;
  /** A name of the IANA time zone database, such as Europe/Berlin. */
  readonly zone: string;
  /** Sorted, without overlaps, within one week. A span that continues past Sunday is split in two. */
  readonly spans: readonly WeekSpan[];
}

/** A mute with an owner and an end. */
export interface Silence extends Mute {
  /** Its place in the file: `silences[0]`. */
  readonly place: string;
  readonly owner: string;
  readonly reason: string;
  /** As written: ISO 8601 with a time zone. */
  readonly until: string;
  readonly untilMs: number;
  readonly fromMs?: number;
}

/** While one of the rules has an open incident for the related entity, selected matches are suppressed. */
export interface Inhibit {
  /** Names of rules. */
  readonly while: readonly string[];
  /** The relation of the suppressed entity. */
  readonly through: string;
  readonly match: Selector;
}

/** A rule with mistakes. It is not evaluated, so it is unknown which changes it would match. */
export interface BrokenRule {
  readonly name?: string | undefined;
  /** The blueprint of the rule. Undefined if it cannot be read. */
  readonly blueprint?: string | undefined;
}

/** The parts that are left out of the rules because they have mistakes. */
export interface LeftOut {
  readonly rules: readonly BrokenRule[];
  /** The path of a window or silence that possibly forbids remediations: `silences[0]`. */
  readonly mayForbidRemediations?: string | undefined;
  /** The missing script files. The rest of their rules works. */
  readonly scripts?: ReadonlySet<string>;
}

export interface Rules {
  readonly rules: readonly Rule[];
  readonly byName: ReadonlyMap<string, Rule>;
  /** The same rules by blueprint. */
  readonly byBlueprint: ReadonlyMap<string, readonly Rule[]>;
  readonly routes: readonly Route[];
  readonly mute: readonly MuteWindow[];
  readonly silences: readonly Silence[];
  readonly inhibit: readonly Inhibit[];
  /** The blueprint of incident entities in Port. */
  readonly incidents?: {readonly blueprint: string};
  /** Values from best to worst, by property. */
  readonly statuses: ReadonlyMap<string, readonly string[]>;
  readonly leftOut: LeftOut;
}

/** Whether a rule with mistakes can apply to the blueprint, so that the decision about its changes is incomplete. */
export function isHalfKnown({leftOut}: Pick<Rules, 'leftOut'>, blueprint: string): boolean {
  return leftOut.rules.some(rule => rule.blueprint === undefined || rule.blueprint === blueprint);
}

/** Whether the rule has incidents, which open and close. Without `to`, `above` or `below`, each match is independent. */
export function hasIncident({to, above, below}: Rule): boolean {
  return to !== undefined || above !== undefined || below !== undefined;
}

/** The properties of a blueprint that the rules name. */
export function watchedProperties(rules: Rules, blueprint: string): Set<string> {
  const ofRule = (rule: Rule) => [
    ...(rule.property === undefined ? [] : [rule.property]),
    ...(rule.if?.properties ?? []),
  ];
  return new Set((rules.byBlueprint.get(blueprint) ?? []).flatMap(ofRule));
}

/** Whether any rule or route computes its destination with an expression. */
export function hasComputedDestinations({routes, rules}: Rules): boolean {
  const refs = [...routes, ...rules.flatMap(({notify}) => notify ?? [])].flatMap(({slack}) => slack ?? []);
  return refs.some(ref => typeof ref !== 'string');
}
