/** Read: variables that look like settings of the relay and are none: slips that would otherwise change nothing, silently. */

import {nearest} from '../../src/base/nearest.ts';
import {RELAY_VARIABLES} from '../../src/base/relay-variables.ts';
import {showValue} from '../../src/base/text.ts';
import type {Env} from './config.ts';

const PREFIX = /^REACTOR_/i;
const KNOWN = RELAY_VARIABLES.map(({name}) => name).filter(name => PREFIX.test(name));

/** A sentence for each variable that starts as our own do; never with its value, which may be a secret. */
export function unknownSettings(env: Env): string[] {
  const unknown = Object.keys(env).filter(name => PREFIX.test(name) && !KNOWN.includes(name) && isSet(env[name]));
  return unknown.toSorted().map(name => `${showValue(name, 60)} is not a setting of the relay; ${adviceFor(name)}`);
}

/** Unset and empty are the same, as for settings. */
function isSet(value: string | undefined): boolean {
  return (value?.trim() ?? '') !== '';
}

function adviceFor(name: string): string {
  const near = nearest(name, KNOWN);
  return near === undefined ? `there are ${KNOWN.join(', ')}` : `did you mean ${near}?`;
}
