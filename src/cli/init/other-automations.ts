/** Plan: automations of Port's that the rules do not ask for, and that post to the same relay. Pure. */

import {isObject} from '../../base/json.ts';
import type {PortObject} from '../../clients/port.ts';
import {type Automation, MARKER} from './automation.ts';

/** What there is to know about an automation that posts to the relay. */
export interface OtherAutomation {
  readonly identifier: string;
  readonly blueprint: string;
  /** Of a timer that expires. */
  readonly timer?: string;
  /** `init` made it. */
  readonly isOurs: boolean;
}

/** @param url where the relay takes webhooks */
export function othersAt(url: string, listed: readonly PortObject[], wanted: readonly Automation[]): OtherAutomation[] {
  const names = new Set(wanted.map(({identifier}) => identifier));
  return listed.flatMap(object => {
    const other = readAutomation(object, url);
    return other === undefined || names.has(other.identifier) ? [] : [other];
  });
}

/** One that is switched off posts nothing; `publish` is true if it is not set. */
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

/** What the wanted automations report too: the relay would hear of each change twice, and rules would react twice. */
export function rivalsOf(others: readonly OtherAutomation[], wanted: readonly Automation[]): OtherAutomation[] {
  const reported = wanted.map(({trigger: {event}}) => [event.blueprintIdentifier, event.propertyIdentifier] as const);
  return others.filter(
    ({isOurs, blueprint, timer}) =>
      !isOurs && reported.some(([name, property]) => name === blueprint && property === timer),
  );
}

/** The sentence of a warning. */
export function warnOfRival({identifier, blueprint, timer}: OtherAutomation): string {
  const what = timer === undefined ? `changes of ${blueprint}` : `the timer ${timer} of ${blueprint}`;
  return `The automation ${identifier} also posts ${what} to this relay: each one arrives twice, as two automation runs, and rules react twice. Remove it, or point it elsewhere.`;
}
