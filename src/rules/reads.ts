/**
 * Everything in a change that rules can read. The relay cuts it last, and a rule that reads a cut value cannot be decided.
 * Pure.
 */
import {SIDES} from '../change/change.ts';
import {bothSides, type Reads, resolveReads} from '../change/reads.ts';
import {INCIDENT_READS} from './incident-properties.ts';
import type {DestinationRef, Notify, Rule, Rules, Selector} from './rules.ts';

/** Everything that the rules for a blueprint, their messages, routes, mute windows and silences can read. */
export function readsFor(compiled: Rules, blueprint: string): Reads {
  const {byBlueprint, routes, mute, silences, inhibit, incidents} = compiled;
  const rules = byBlueprint.get(blueprint) ?? [];
  const shared = [
    ...[...routes, ...mute, ...silences, ...inhibit].flatMap(({match}) => selectorReads(match)),
    ...inhibit.flatMap(({through}) => SIDES.map(side => [side, 'relations', through])),
    ...routes.flatMap(({slack}) => destinationReads(slack)),
  ];
  const ofRules = rules.flatMap(rule => [...ruleReads(rule), ...resolveReads(shared, rule.property)]);
  return unique([...ofRules, ...(blueprint === incidents?.blueprint ? INCIDENT_READS : [])]);
}

/** The reads that decide about a change: whether a rule matches, an incident ends, or a person requested an action in Port. */
export function readsToDecide({rules, incidents}: Rules): Reads {
  return [...rules.flatMap(conditionReads), ...(incidents === undefined ? [] : INCIDENT_READS)];
}

function ruleReads(rule: Rule): Reads {
  const {property, notify} = rule;
  return [...conditionReads(rule), ...(notify === undefined ? [] : resolveReads(notifyReads(notify), property))];
}

/** The reads that decide whether the rule matches or its incident ends. */
function conditionReads({property, on, if: condition}: Rule): Reads {
  return [
    ...(property === undefined ? [] : bothSides(property)),
    ...(property !== undefined && on.includes('TIMER_EXPIRED') ? [['timer']] : []),
    ...resolveReads(condition?.conditionReads ?? [], property),
  ];
}

function notifyReads({text, slack = []}: Notify): Reads {
  return [...(text?.reads ?? []), ...destinationReads(slack)];
}

/** The reads that determine the destination of a notification. */
function destinationReads(slack: readonly DestinationRef[]): Reads {
  return slack.flatMap(ref => (typeof ref === 'string' ? [] : ref.reads));
}

/** The reads of a selector, except the rule, the blueprint and the entity, which are never cut. */
export function selectorReads({team, environment}: Selector): Reads {
  return [...(team === undefined ? [] : TEAM), ...(environment === undefined ? [] : ENVIRONMENT)];
}

const TEAM: Reads = [['team']];
const ENVIRONMENT: Reads = SIDES.flatMap(side => [
  [side, 'properties', 'environment'],
  [side, 'relations', 'environment'],
]);

function unique(reads: Reads): Reads {
  return [...new Map(reads.map(path => [JSON.stringify(path), path])).values()];
}
