/** Plan: other automations in Port that post to the same relay. Pure. */

import {isObject} from '../../base/json.ts';
import type {PortObject} from '../../clients/port.ts';
import {type Automation, MARKER} from './automation.ts';

/** An automation that posts to the relay. */
export interface OtherAutomation {
  readonly identifier: string;
  readonly blueprint: string;
  /** The timer, if the automation reports its expiry. */
  readonly timer?: string;
  /** Whether `init` created it. */
  readonly isOurs: boolean;
}

/** @param url the webhook URL of the relay */
export function othersAt(url: string, listed: readonly PortObject[], wanted: readonly Automation[]): OtherAutomation[] {
  const names = new Set(wanted.map(({identifier}) => identifier));
  return listed.flatMap(object => {
    const other = readAutomation(object, url);
    return other === undefined || names.has(other.identifier) ? [] : [other];
  });
}

/** Undefined for a disabled automation of a user. `publish` defaults to true. */
function readAutomation(object: PortObject, url: string): OtherAutomation | undefined {
  const {identifier, description, trigger, invocationMethod, publish} = object;
  const event = isObject(trigger) ? trigger['event'] : undefined;
  const target = isObject(invocationMethod) ? invocationMethod['url'] : undefined;
  if (typeof identifier !== 'string' || !isObject(event) || !isSameAddress(target, url)) return undefined;
  const {blueprintIdentifier: blueprint, propertyIdentifier: timer} = event;
  const isOurs = String(description).includes(MARKER);
  if (typeof blueprint !== 'string' || (publish === false && !isOurs)) return undefined;
  return {identifier, blueprint, ...(typeof timer === 'string' ? {timer} : {}), isOurs};
}

function isSameAddress(target: unknown, url: string): boolean {
  if (typeof target !== 'string' || !URL.canParse(target)) return false;
  return plain(target) === plain(url);
}

function plain(url: string): string {
  const {host, pathname, search} = new URL(url);
  return `${host}${pathname.replace(/\/+$/, '')}${search}`;
}

/** Duplicates of the wanted automations. The relay would get each change twice, and rules would react twice. */
export function duplicatesOf(others: readonly OtherAutomation[], wanted: readonly Automation[]): OtherAutomation[] {
  const reported = wanted.map(({trigger: {event}}) => [event.blueprintIdentifier, event.propertyIdentifier] as const);
  return others.filter(
    ({isOurs, blueprint, timer}) =>
      !isOurs && reported.some(([name, property]) => name === blueprint && property === timer),
  );
}

/** The warning about a duplicate. */
export function duplicateWarning({identifier, blueprint, timer}: OtherAutomation): string {
  const what = timer === undefined ? `changes of ${blueprint}` : `the timer ${timer} of ${blueprint}`;
  return `The automation ${identifier} also posts ${what} to this relay. Each change arrives twice, as two automation runs, so rules react twice. Remove it, or change its URL.`;
}
