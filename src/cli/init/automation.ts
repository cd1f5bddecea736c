/** Plan: rules → the automations with which Port posts every relevant change to the relay. Pure. */
import {createHash} from 'node:crypto';
import {clip} from '../../base/text/show.ts';
import type {ChangeAction} from '../../change/change.ts';
import {ACKNOWLEDGED, DUE, SILENCED_UNTIL} from '../../rules/incident-properties.ts';
import {hasIncident, type Rule, type Rules} from '../../rules/rules.ts';
import {conditionOf, differs} from './condition.ts';

/** The body of `POST /v1/actions`. @see https://docs.port.io/api-reference/create-an-action-automation */
export interface Automation {
  readonly identifier: string;
  readonly title: string;
  readonly description: string;
  readonly trigger: {
    readonly type: 'automation';
    readonly event: TriggerEvent;
    readonly condition?: {
      readonly type: 'JQ';
      readonly combinator: 'or';
      readonly expressions: readonly string[];
    };
  };
  readonly invocationMethod: {
    readonly type: 'WEBHOOK';
    readonly url: string;
    readonly agent: false;
    readonly synchronized: false;
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Readonly<Record<string, string>>;
  };
  readonly publish: true;
}

interface TriggerEvent {
  readonly type: string;
  readonly blueprintIdentifier: string;
  readonly propertyIdentifier?: string;
}

/** Marks the automations that `init` manages. It is a part of their description. */
export const MARKER = 'Managed by port-reactor init';

/**
 * One automation for each blueprint and each timer in the rules, because triggers have no wildcards.
 * @param url the webhook URL of the relay
 */
export function automationsFor(rules: Rules, url: string): Automation[] {
  return [...rules.byBlueprint].flatMap(([blueprint, ownRules]) => [
    ...entityAutomation(blueprint, ownRules, url),
    ...timersOf(ownRules).map(timer => timerAutomation(blueprint, timer, url)),
  ]);
}

/**
 * The two automations for the entities that show incidents: one for values that a person sets, and one for the timer. Empty if
 * the rules do not show incidents.
 */
export function incidentAutomations({incidents}: Rules, url: string): Automation[] {
  if (incidents === undefined) return [];
  const {blueprint} = incidents;
  const event = {type: EVENT_TYPES.UPDATE, blueprintIdentifier: blueprint};
  const expressions = [ACKNOWLEDGED, SILENCED_UNTIL].map(differs);
  const trigger = {type: 'automation', event, condition: {type: 'JQ', combinator: 'or', expressions}} as const;
  return [
    {...common(['incidents', blueprint], url), title: titleFor('acknowledgements and silences of incidents'), trigger},
    timerAutomation(blueprint, DUE, url),
  ];
}

/** Rules for expired timers without a property. Port's trigger requires the name of the timer. */
export function rulesWithoutTimer(rules: Rules): Rule[] {
  return rules.rules.filter(({on, property}) => on.includes('TIMER_EXPIRED') && property === undefined);
}

/** The event types of triggers (port-docs static/apispec.yaml). */
const EVENT_TYPES = {CREATE: 'ENTITY_CREATED', UPDATE: 'ENTITY_UPDATED', DELETE: 'ENTITY_DELETED'} as const;
const ENTITY_ACTIONS = Object.keys(EVENT_TYPES) as (keyof typeof EVENT_TYPES)[];

function entityAutomation(blueprint: string, rules: readonly Rule[], url: string): Automation[] {
  const watching = rules.filter(rule => hasIncident(rule) || rule.on.some(action => action !== 'TIMER_EXPIRED'));
  const actions = ENTITY_ACTIONS.filter(action => watching.some(rule => isTriggeredBy(rule, action)));
  const [first] = actions;
  if (first === undefined) return [];
  const type = actions.length === 1 ? EVENT_TYPES[first] : 'ANY_ENTITY_CHANGE';
  const delivered: readonly ChangeAction[] = actions.length === 1 ? actions : ENTITY_ACTIONS;
  const trigger = {
    type: 'automation',
    event: {type, blueprintIdentifier: blueprint},
    condition: {type: 'JQ', combinator: 'or', expressions: conditionOf(watching, delivered)},
  } as const;
  return [{...common([blueprint], url), title: titleFor(blueprint), trigger}];
}

/** Whether the action can match the rule or end its incidents. Any update or deletion can end an incident. */
function isTriggeredBy(rule: Rule, action: keyof typeof EVENT_TYPES): boolean {
  return rule.on.includes(action) || (hasIncident(rule) && action !== 'CREATE');
}

function timersOf(rules: readonly Rule[]): string[] {
  const timers = rules.flatMap(({on, property}) =>
    on.includes('TIMER_EXPIRED') && property !== undefined ? [property] : [],
  );
  return [...new Set(timers)];
}

function timerAutomation(blueprint: string, timer: string, url: string): Automation {
  const event = {type: 'TIMER_PROPERTY_EXPIRED', blueprintIdentifier: blueprint, propertyIdentifier: timer};
  return {
    ...common([blueprint, timer], url),
    title: titleFor(`timer ${timer} of ${blueprint}`),
    trigger: {type: 'automation', event},
  };
}

function common(names: readonly string[], url: string) {
  return {
    identifier: identifierOf(names),
    description: `${MARKER} from the rules in GitHub; changes made here are overwritten.`,
    invocationMethod: {
      type: 'WEBHOOK',
      url,
      agent: false,
      // The run stays open until the action closes it with the result.
      synchronized: false,
      method: 'POST',
      headers: {RUN_ID: '{{ .run.id }}'},
      // The event with the id of the run. Later keys override spread ones, so the order matters.
      body: {'{{ spreadValue() }}': '{{ .event }}', runId: '{{ .run.id }}'},
    },
    publish: true,
  } as const;
}

/** Separates a blueprint and its timer. A name that contains it gets a hash. */
const SEPARATOR = ':';
const MAX_LENGTH = 100;

/**
 * Depends only on the blueprint and the timer. Identifiers of actions allow only letters, digits and `@_.+:=-`, fewer characters
 * than identifiers of blueprints. If characters are replaced, a hash of the names keeps the identifier unique.
 */
function identifierOf(names: readonly string[]): string {
  const plain = `port_reactor_${names.join(SEPARATOR)}`;
  if (names.every(name => /^[\p{L}0-9@_.+=-]+$/u.test(name)) && plain.length <= MAX_LENGTH) return plain;
  const hash = createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 8);
  const clean = plain.slice(0, MAX_LENGTH - hash.length - 1).replace(/[^\p{L}0-9@_.+:=-]/gu, '_');
  return `${clean}_${hash}`;
}

/** Port limits titles to 100 characters (port-docs, static/apispec.yaml). The identifier of a blueprint can be as long. */
function titleFor(subject: string): string {
  return clip(`Port Reactor: ${subject}`, 100);
}
