/** Finds secret texts in the address of a webhook and in variables that are passed to a script. Pure. */
import {decodeOrKeep} from '../base/http/url.ts';

/**
 * The secret parts of an address that is itself a secret: the whole address, its credentials, its path, the segments of the
 * path, and the values of its query.
 */
export function secretsOfAddress(address: string): string[] {
  if (!URL.canParse(address)) return address === '' ? [] : [address];
  const url = new URL(address);
  const segments = url.pathname.split('/').filter(segment => segment !== '');
  const revealing = segments.filter((segment, index) =>
    isRevealingSegment(segment, segments.length - 1 - index, index),
  );
  const values = [...url.searchParams].flatMap(([name, value]) => (isRevealing(name, value) ? [value] : []));
  const tail = `${url.pathname}${url.search}`;
  const found = [address, ...loginOf(url), ...tails(tail, segments), ...revealing, ...values, url.hash.slice(1)];
  return [...new Set(found.flatMap(text => [text, decodeOrKeep(text)]))].filter(text => text.length >= MIN_PART);
}

/** Shorter parts of an address reveal nothing. */
const MIN_PART = 3;
const MIN_SEGMENT = 6;

/** The path with its query, and the part after the segment that names the kind of webhook: `/services/`, `/triggers/`. */
function tails(tail: string, [kind = '', ...rest]: readonly string[]): string[] {
  return rest.length === 0 ? [tail] : [tail, tail.slice(kind.length + 2)];
}

/** The last segment of a Slack address is always the secret. Earlier segments are identifiers of a certain length. */
function isRevealingSegment(segment: string, fromEnd: number, fromStart: number): boolean {
  if (isPlainWord(segment)) return fromEnd === 0 && fromStart > 1;
  return fromEnd === 0 || segment.length >= MIN_SEGMENT;
}

function isRevealing(name: string, value: string): boolean {
  return !NEVER_SECRET.test(value) && (isSecretName(name) || !isPlainWord(value));
}

/** `services`, `hooks`, `production`: a word of a path that reveals nothing. */
function isPlainWord(text: string): boolean {
  return /^[a-z]{1,15}$/i.test(text) || /^v\d+$/.test(text);
}

/** The user name and the password in an address. A user name that is one common word is not a secret if there is a password. */
function loginOf({username, password}: URL): string[] {
  if (username === '' && password === '') return [];
  const users = password !== '' && isPlainWord(username) ? [] : [username];
  return [`${username}:${password}`, password, ...users].filter(text => text !== ':' && text !== '');
}

/** The credentials in an address that is otherwise not a secret. */
export function loginSecrets(address: string): string[] {
  const login = URL.canParse(address) ? loginOf(new URL(address)) : [];
  return [...new Set(login.flatMap(text => [text, decodeOrKeep(text)]))];
}

/** The text with the credentials in its addresses masked: `https://***@relay.example.com`. */
export function withHiddenLogins(text: string): string {
  return text.replace(/([a-z][a-z\d+.-]*:\/\/)[^\s/?#"'<>]*@/gi, '$1***@');
}

/** The address without credentials, for messages. */
export function withoutLogin(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, '$1');
}

/**
 * The secret parts of a variable that a rule passes to its script. The values that the runner masks are not known here. A
 * value is secret if its name indicates a secret, if it contains credentials, or if it looks random. `NAMESPACE=production`
 * is not secret.
 */
export function secretsOfVariable(name: string, value: string): string[] {
  const text = value.trim();
  if (text === '' || NEVER_SECRET.test(text)) return [];
  if (isSecretName(name))
    return [value, ...(isAddress(text) ? secretsOfAddress(text) : insideOf(text)), ...loginIn(text)];
  return looksRandom(text) ? [value, ...insideOf(text)] : insideOf(text);
}

/** Flags and small numbers. Masking them would make the output unreadable. */
const NEVER_SECRET = /^(true|false|yes|no|on|off|null|none|\d{1,2})$/i;

const WORDS = [
  ...['password', 'passwd', 'passphrase', 'passcode', 'secret', 'token', 'credential', 'apikey', 'bearer'],
  ...['cookie', 'webhook'],
];
const SHORT_WORDS = [
  'key',
  'keys',
  'pass',
  'pwd',
  'auth',
  'pat',
  'pin',
  'jwt',
  'creds',
  'salt',
  'sig',
  'signature',
  'psk',
];
const SECRET_NAME = new RegExp(
  `${WORDS.join('|')}|(?:^|[^a-z])(?:ssh|db|pg|api|my|app|access|account|sas)?(?:${SHORT_WORDS.join('|')})(?:[^a-z]|$)`,
  'i',
);
/** Names of metadata about a secret: its location, its owner, its lifetime. */
const METADATA_NAME =
  /(?:^|[^a-z])(name|file|path|dir|host|port|user|username|region|version|type|ttl|arn|namespace|ref|length|expiry|issuer|algorithm)$/i;

/** Whether the name of a variable or key indicates that its value is a secret. */
function isSecretName(name: string): boolean {
  if (/^(OLD)?PWD$/.test(name)) return false; // the shell's folders
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2');
  return SECRET_NAME.test(words) && !METADATA_NAME.test(words);
}

function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text);
}

/** The secret in `user:password` and `Bearer token`. */
function loginIn(text: string): string[] {
  const [, password] = /^[^\s:/]+:(\S+)$/.exec(text) ?? [];
  return [...(password === undefined ? [] : [password]), ...text.split(/\s+/).filter(looksRandom)];
}

const ADDRESS = /[a-z][a-z\d+.-]*:\/\/[^\s"'<>|,;]+/gi;
const SETTING = /([A-Za-z][\w .-]*?)\s*=\s*("[^"]*"|'[^']*'|[^\s;&,"']+)/g;

/** Secrets inside a value that is not itself a secret: in its addresses, in `name=value` and in JSON. */
function insideOf(text: string): string[] {
  const addresses = Array.from(text.matchAll(ADDRESS), ([address]) => address);
  const settings = Array.from(text.matchAll(SETTING), ([, name = '', value = '']) => ({name, value: unquoted(value)}));
  return [
    ...addresses.flatMap(address => (isWebhook(address) ? secretsOfAddress(address) : loginSecrets(address))),
    ...addresses.flatMap(address => address.split(/[/?#&=@:]+/).filter(looksRandom)),
    ...settings
      .filter(({name, value}) => !NEVER_SECRET.test(value) && (isSecretName(name) || looksRandom(value)))
      .flatMap(({value}) => [value, decodeOrKeep(value)]),
    ...leavesOf(text),
  ];
}

function isWebhook(address: string): boolean {
  return /^https?:\/\/hooks\./i.test(address);
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

/** The texts in a JSON document that have a secret key or look random. */
function leavesOf(text: string): string[] {
  if (!/^[[{]/.test(text)) return [];
  const leaves: string[] = [];
  try {
    JSON.parse(text, (key: string, value: unknown) => {
      if (typeof value === 'string' && value !== '' && (isSecretName(key) || looksRandom(value))) leaves.push(value);
      return value;
    });
  } catch {
    return []; // other text that starts with a bracket
  }
  return leaves;
}

/**
 * Prefixes of the tokens of well-known services.
 * @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
const TOKEN_STARTS = /^(gh[pousr]_|github_pat_|glpat-|xox[a-z]-|sk-|AKIA|ASIA|eyJ|AIza|ya29\.|hvs\.|-----BEGIN )/;
const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;

/** Whether a part of the text looks random: frequent changes between letters, digits and letter cases. */
export function looksRandom(text: string): boolean {
  if (TOKEN_STARTS.test(text) || UUID.test(text)) return true;
  if (/\s/.test(text)) return false;
  return looksLikePassword(text) || looksLikeBase64(text) || text.split(/[^A-Za-z\d]+/).some(isRandomWord);
}

function looksLikeBase64(text: string): boolean {
  return (
    /^[\w+/-]{32,}={0,2}$/.test(text) && /\d/.test(text) && shareOfChanges(text.replace(/[^A-Za-z\d]/g, '')) >= 0.25
  );
}

/** Whether the kinds of characters change often. A longer word needs a smaller share of changes. */
function isRandomWord(word: string): boolean {
  const kinds = new Set(word.split('').map(kindOf)).size;
  if (word.length >= 16) return kinds > 1 && shareOfChanges(word) >= 0.3;
  const enough = word.length >= 12 ? 0.4 : 0.6;
  return word.length >= 8 && kinds === 3 && shareOfChanges(word) >= enough;
}

/** The share of neighboring characters of different kinds: 0 to 1. */
function shareOfChanges(word: string): number {
  const kinds = word.split('').map(kindOf);
  return kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length / (word.length - 1);
}

function looksLikePassword(text: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter(kind => kind.test(text)).length;
  return text.length >= 8 && kinds >= 2 && /[!#$%^&*?~+|;<>]/.test(text) && !/[=/{}[\]]/.test(text);
}

function kindOf(one: string): 'lower' | 'upper' | 'digit' {
  return /\d/.test(one) ? 'digit' : /[a-z]/.test(one) ? 'lower' : 'upper';
}
