/** Plan: what will not work as the author of the rules may think, though the setup succeeds. Pure. */

import {suggest} from '../../base/nearest.ts';
import type {PortObject} from '../../clients/port.ts';
import {explainUnreported, toBlueprint} from '../../lint/catalog/blueprint.ts';
import {type Rules, watchedProperties} from '../../rules/rules.ts';
import {privateHost} from '../shared/relay-url.ts';
import {rulesWithoutTimer} from './automation.ts';
import {othersAt, rivalsOf, warnOfRival} from './other-automations.ts';
import type {Existing, Wanted} from './setup-plan.ts';

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
        `Rule ${name} reacts to expired timers of ${blueprint} but names no property, which Port's trigger needs. init creates no automation for it. Add the timer's name as \`property\`.`,
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
    `${host} is a private address, which Port refuses to call (private_destination). If there is no public one, open a channel on https://smee.io, start the relay with WEBHOOK_PROXY_URL set to it, and run init with --relay <channel>.`,
  ];
}

function warnOfProperties(rules: Rules, name: string, blueprint: PortObject): string[] {
  const {properties} = toBlueprint(name, blueprint);
  const triggers = new Set((rules.byBlueprint.get(name) ?? []).map(({property}) => property));
  if (properties.size === 0) return [];
  return [...watchedProperties(rules, name)].flatMap(property => {
    const found = properties.get(property);
    if (found === undefined) {
      return [`Blueprint ${name} has no property "${property}"${suggest(property, [...properties.keys()])}`];
    }
    return (triggers.has(property) ? explainUnreported(name, found) : undefined) ?? [];
  });
}

/** What else posts to the same relay. */
export function warningsOfOthers({automations, url}: Wanted, {listed}: Existing): string[] {
  if (listed === undefined) return [];
  if ('error' in listed) {
    return [`Port did not list its automations, so init did not check what else posts to the relay: ${listed.error}`];
  }
  return rivalsOf(othersAt(url, listed.automations, automations), automations).map(warnOfRival);
}
