/** Read: variables that look like settings of the relay but are unknown, such as misspelt names. */

import {nearest} from '../../src/base/nearest.ts';
import {RELAY_VARIABLES} from '../../src/base/relay-variables.ts';
import {showValue} from '../../src/base/text.ts';
import type {Env} from './config.ts';

const PREFIX = /^REACTOR_/i;
const KNOWN = RELAY_VARIABLES.map(({name}) => name).filter(name => PREFIX.test(name));

/** A sentence for each variable with our prefix. It never quotes the value, which may be a secret. */
export function unknownSettings(env: Env): string[] {
  const unknown = Object.keys(env).filter(name => PREFIX.test(name) && !KNOWN.includes(name) && isSet(env[name]));
  return unknown.toSorted().map(name => `${showValue(name, 60)} is not a setting of the relay. ${adviceFor(name)}`);
}

/** Unset and empty are the same, as for settings. */
function isSet(value: string | undefined): boolean {
  return (value?.trim() ?? '') !== '';
}

function adviceFor(name: string): string {
  const near = nearest(name, KNOWN);
  return near === undefined ? `Known settings: ${KNOWN.join(', ')}` : `Did you mean ${near}?`;
}
