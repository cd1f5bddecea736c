/** Check: quotes and invisible characters that files and shells add to the values of variables. Pure. */
import {RELAY_VARIABLES} from '../../src/base/relay-variables.ts';

const PROXY_VARIABLES = ['https_proxy', 'http_proxy', 'no_proxy'].flatMap(name => [name, name.toUpperCase()]);
const NAMES = [...RELAY_VARIABLES.map(({name}) => name), ...PROXY_VARIABLES];

/** Byte order marks, zero-width characters and joiners, soft hyphens, marks of direction: Unicode's format characters. */
const INVISIBLE = /\p{Cf}/u;

const QUOTES = /^(?:(["'`]).*\1|“.*”|‘.*’)$/s;

/** Problems by the name of the variable. A message starts with that name and never quotes the value, which may be a secret. */
export function disguisedValues(env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const mistakes = new Map<string, string>();
  for (const name of NAMES) {
    const mistake = mistakeIn(env[name] ?? '');
    if (mistake !== undefined) mistakes.set(name, `${name} ${mistake}`);
  }
  for (const written of Object.keys(env)) {
    const name = written.replace(new RegExp(INVISIBLE, 'gu'), '').trim();
    if (name !== written && NAMES.includes(name)) mistakes.set(name, `${name} ${NAME_MISTAKE}`);
  }
  return mistakes;
}

const NAME_MISTAKE =
  'has an invisible character in its name, such as a byte order mark at the beginning of a file. Save the file as UTF-8 without it';

/** `docker run --env-file` keeps quotes as part of the value. */
function mistakeIn(value: string): string | undefined {
  const found = INVISIBLE.exec(value)?.[0];
  if (found !== undefined) {
    const code = `U+${found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
    return `has an invisible character in its value (${code}). Type it again, or save the file as UTF-8 without a byte order mark`;
  }
  return QUOTES.test(value.trim()) ? 'must be written without quotes around it' : undefined;
}
