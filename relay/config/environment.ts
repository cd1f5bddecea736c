/** Check: invisible characters and quotes in variables, before their values are parsed. Pure. */

import {RELAY_VARIABLES} from '../../src/base/settings/relay-variables.ts';
import {nearest} from '../../src/base/text/nearest.ts';
import {showValue} from '../../src/base/text/show.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** The variables that `@actions/http-client` reads. */
export const PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];

const SETTINGS = RELAY_VARIABLES.map(({name}) => name);
const NAMES = [...SETTINGS, ...PROXIES, 'no_proxy', 'NO_PROXY'];

/** Unicode's format characters: byte order marks, zero-width characters and joiners, soft hyphens, direction marks. */
const INVISIBLE = /\p{Cf}/gu;

const QUOTES = /^(?:(["'`]).*\1|“.*”|‘.*’)$/s;

/**
 * Finds quotes and invisible characters, which files and shells can add to variables. Returns problems by the name of the
 * variable. A message starts with that name. It never quotes the value, which can be a secret.
 */
export function disguisedValues(env: Env): Map<string, string> {
  const mistakes = new Map<string, string>();
  for (const [written, value = ''] of Object.entries(env)) {
    const name = written.replace(INVISIBLE, '').trim();
    const mistake = name === written ? mistakeIn(value) : NAME_MISTAKE;
    if (NAMES.includes(name) && mistake !== undefined) mistakes.set(name, `${name} ${mistake}`);
  }
  return mistakes;
}

const NAME_MISTAKE =
  'has an invisible character in its name, such as a byte order mark from the start of a file. Save the file as UTF-8 without a byte order mark';

/** `docker run --env-file` keeps quotes as part of the value. */
function mistakeIn(value: string): string | undefined {
  const [found] = value.match(INVISIBLE) ?? [];
  if (found !== undefined) {
    const code = `U+${found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
    return `has an invisible character in its value (${code}). Type it again, or save the file as UTF-8 without a byte order mark`;
  }
  return QUOTES.test(value.trim()) ? 'must not have quotes around it' : undefined;
}

/** A sentence for each unknown variable with the prefix `REACTOR_`, such as a misspelled one. It never quotes the value. */
export function unknownSettings(env: Env): string[] {
  const known = SETTINGS.filter(name => name.startsWith('REACTOR_'));
  const unknown = Object.keys(env).filter(
    name => /^REACTOR_/i.test(name) && !known.includes(name) && env[name]?.trim(),
  );
  return unknown.toSorted().map(name => {
    const near = nearest(name, known);
    const advice = near === undefined ? `Known settings: ${known.join(', ')}` : `Did you mean ${near}?`;
    return `${showValue(name, 60)} is not a setting of the relay. ${advice}`;
  });
}
