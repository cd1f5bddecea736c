/** Plan: problems that do not fail the setup, but prevent reactions. Pure. */

import {suggest} from '../../base/text/nearest.ts';
import type {PortObject} from '../../clients/port.ts';
import {explainUnreported, toBlueprint} from '../../lint/catalog/blueprint.ts';
import {type Rules, watchedProperties} from '../../rules/rules.ts';
import {privateHost} from '../shared/env/relay-url.ts';
import {rulesWithoutTimer} from './automation.ts';
import {duplicatesOf, duplicateWarning, othersAt} from './other-automations.ts';
import type {Existing, Wanted} from './setup-plan.ts';

/**
 * One sentence for each problem, in the order of the rules.
 * @param url the webhook URL of the relay
 * @param blueprints by identifier, including those that rules watch
 */
export function warningsOf(rules: Rules, url: string, blueprints: Existing['blueprints']): string[] {
  return [
    ...hostWarnings(url),
    ...rulesWithoutTimer(rules).map(
      ({name, blueprint}) =>
        `Rule ${name} reacts to expired timers of ${blueprint}, but has no \`property\`, which Port's trigger requires. init creates no automation for it. Set \`property\` to the name of the timer.`,
    ),
    ...[...blueprints].flatMap(([name, found]) =>
      'object' in found && found.object !== undefined ? propertyWarnings(rules, name, found.object) : [],
    ),
  ];
}

function hostWarnings(url: string): string[] {
  const host = privateHost(url);
  if (host === undefined) return [];
  return [
    `${host} is a private address, which Port does not call (private_destination). If the relay has no public address, open a channel on https://smee.io, start the relay with WEBHOOK_PROXY_URL set to the channel, and run init with --relay <channel>.`,
  ];
}

function propertyWarnings(rules: Rules, name: string, blueprint: PortObject): string[] {
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

/** Warnings about other automations that post to the same relay. */
export function warningsOfOthers({automations, url}: Wanted, {listed}: Existing): string[] {
  if (listed === undefined) return [];
  if ('error' in listed) {
    return [`Port did not list its automations, so init did not check what else posts to the relay: ${listed.error}`];
  }
  return duplicatesOf(othersAt(url, listed.automations, automations), automations).map(duplicateWarning);
}
