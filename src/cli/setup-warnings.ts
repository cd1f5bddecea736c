/** Plan: what will not work as the author of the rules may think, though the setup succeeds. Pure. */
import {isObject} from '../change/json.ts';
import type {PortObject} from '../clients/port.ts';
import {suggest} from '../rules/nearest.ts';
import {type Rules, watchedProperties} from '../rules/rules.ts';
import {rulesWithoutTimer} from './automation.ts';
import {privateHost} from './relay-url.ts';
import type {Existing} from './setup-plan.ts';

/**
 * Sentences for people, in the order of the rules.
 * @param url where the relay takes webhooks
 * @param blueprints by identifier, those that rules watch among them
 */
export function warningsOf(rules: Rules, url: string, blueprints: Existing['blueprints']): string[] {
  return [
    ...warnOfHost(url),
    ...rulesWithoutTimer(rules).map(
      ({name, blueprint}) =>
        `Rule ${name} reacts to expired timers of ${blueprint} but names no property, which Port's trigger needs: no automation is made for it. Add the timer's name as \`property\`.`,
    ),
    ...[...blueprints].flatMap(([name, found]) =>
      'object' in found && found.object !== undefined ? warnOfProperties(rules, name, found.object) : [],
    ),
  ];
}

function warnOfHost(url: string): string[] {
  const host = privateHost(url);
  if (host === undefined) return [];
  return [
    `${host} is a private address: Port refuses to call it (private_destination). Without a public one, make a channel on https://smee.io, start the relay with WEBHOOK_PROXY_URL set to it, and run init with --relay <channel>.`,
  ];
}

function warnOfProperties(rules: Rules, name: string, blueprint: PortObject): string[] {
  const {own, mirror, calculation, aggregation} = propertiesOf(blueprint);
  const triggers = new Set((rules.byBlueprint.get(name) ?? []).map(({property}) => property));
  return [...watchedProperties(rules, name)].flatMap(property => {
    const kind = mirror.includes(property) ? 'mirror' : calculation.includes(property) ? 'calculation' : undefined;
    if (kind !== undefined) return triggers.has(property) ? [warnOfSilence(name, property, kind)] : [];
    const known = [...own, ...mirror, ...calculation, ...aggregation];
    if (known.includes(property) || known.length === 0) return [];
    return [`Blueprint ${name} has no property "${property}"${suggest(property, known)}`];
  });
}

/** @see https://docs.port.io/actions-and-automations/define-automations/setup-trigger */
function warnOfSilence(blueprint: string, property: string, kind: string): string {
  return `${property} of ${blueprint} is a ${kind} property: changes of mirror/calculation properties never fire an automation. Watch the property that it is made from.`;
}

function propertiesOf(blueprint: PortObject) {
  const schema = blueprint['schema'];
  return {
    own: keysOf(isObject(schema) ? schema['properties'] : undefined),
    mirror: keysOf(blueprint['mirrorProperties']),
    calculation: keysOf(blueprint['calculationProperties']),
    aggregation: keysOf(blueprint['aggregationProperties']),
  };
}

function keysOf(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : [];
}
