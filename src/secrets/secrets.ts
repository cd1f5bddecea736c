/** Which texts are secret: what a webhook's address, or a variable that is handed to a script, gives away. Pure. */

/**
 * All that an address which is itself the secret must not be known by: itself, who logs in, its path and the segments
 * of it, and the values of its query.
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
  return [...new Set(found.flatMap(text => [text, decoded(text)]))].filter(text => text.length >= MIN_PART);
}

/** Shorter parts of an address reveal nothing. */
const MIN_PART = 3;
const MIN_SEGMENT = 6;

/** The path with its query, and what follows the segment that says which kind of webhook it is: `/services/`, `/triggers/`. */
function tails(tail: string, [kind = '', ...rest]: readonly string[]): string[] {
  return rest.length === 0 ? [tail] : [tail, tail.slice(kind.length + 2)];
}

/** Slack's last segment is the secret, whatever it looks like. Those before it are identifiers, which have a certain length. */
function isRevealingSegment(segment: string, fromEnd: number, fromStart: number): boolean {
  if (isPlainWord(segment)) return fromEnd === 0 && fromStart > 1;
  return fromEnd === 0 || segment.length >= MIN_SEGMENT;
}

function isRevealing(name: string, value: string): boolean {
  return !NEVER_SECRET.test(value) && (saysSecret(name) || !isPlainWord(value));
}

/** `services`, `hooks`, `production`: a word of a path that gives nothing away. */
function isPlainWord(text: string): boolean {
  return /^[a-z]{1,15}$/i.test(text) || /^v\d+$/.test(text);
}

/** The user and the password in an address, written out. A user that is one common word is not a secret beside a password. */
function loginOf({username, password}: URL): string[] {
  if (username === '' && password === '') return [];
  const users = password !== '' && isPlainWord(username) ? [] : [username];
  return [`${username}:${password}`, password, ...users].filter(text => text !== ':' && text !== '');
}

/** Who logs in through an address that is not a secret but for that. */
export function loginSecrets(address: string): string[] {
  const login = URL.canParse(address) ? loginOf(new URL(address)) : [];
  return [...new Set(login.flatMap(text => [text, decoded(text)]))];
}

/** A text in which the addresses do not show who logs in: `https://***@relay.example.com`. */
export function withHiddenLogins(text: string): string {
  return text.replace(/([a-z][a-z\d+.-]*:\/\/)[^\s/?#"'<>]*@/gi, '$1***@');
}

/** The address without who logs in, for messages. */
export function withoutLogin(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, '$1');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * What is secret of a variable that a rule hands to its script. What the runner masks is not known here, so it is judged
 * by the name, by credentials inside the value, and by whether the value looks random. `NAMESPACE=production` is not secret.
 */
export function secretsOfVariable(name: string, value: string): string[] {
  const text = value.trim();
  if (text === '' || NEVER_SECRET.test(text)) return [];
  if (saysSecret(name))
    return [value, ...(isAddress(text) ? secretsOfAddress(text) : insideOf(text)), ...loginIn(text)];
  return looksRandom(text) ? [value, ...insideOf(text)] : insideOf(text);
}

/** Switches and the like: to blank them would leave nothing to read. */
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
const SAYS_SECRET = new RegExp(
  `${WORDS.join('|')}|(?:^|[^a-z])(?:ssh|db|pg|api|my|app|access|account|sas)?(?:${SHORT_WORDS.join('|')})(?:[^a-z]|$)`,
  'i',
);
/** What is only about a secret: where it is, whose it is, how long it lasts. */
const SAYS_WHERE =
  /(?:^|[^a-z])(name|file|path|dir|host|port|user|username|region|version|type|ttl|arn|namespace|ref|length|expiry|issuer|algorithm)$/i;

/** Whether the name of a variable or key says that its value is a secret. */
function saysSecret(name: string): boolean {
  if (/^(OLD)?PWD$/.test(name)) return false; // the shell's folders
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2');
  return SAYS_SECRET.test(words) && !SAYS_WHERE.test(words);
}

function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text);
}

/** What `user:password` and `Bearer token` are there for. */
function loginIn(text: string): string[] {
  const [, password] = /^[^\s:/]+:(\S+)$/.exec(text) ?? [];
  return [...(password === undefined ? [] : [password]), ...text.split(/\s+/).filter(looksRandom)];
}

const ADDRESS = /[a-z][a-z\d+.-]*:\/\/[^\s"'<>|,;]+/gi;
const SETTING = /([A-Za-z][\w .-]*?)\s*=\s*("[^"]*"|'[^']*'|[^\s;&,"']+)/g;

/** Secrets inside a value that is not one: in its addresses, in `name=value` and in JSON. */
function insideOf(text: string): string[] {
  const addresses = Array.from(text.matchAll(ADDRESS), ([address]) => address);
  const settings = Array.from(text.matchAll(SETTING), ([, name = '', value = '']) => ({name, value: unquoted(value)}));
  return [
    ...addresses.flatMap(address => (isWebhook(address) ? secretsOfAddress(address) : loginSecrets(address))),
    ...addresses.flatMap(address => address.split(/[/?#&=@:]+/).filter(looksRandom)),
    ...settings
      .filter(({name, value}) => !NEVER_SECRET.test(value) && (saysSecret(name) || looksRandom(value)))
      .flatMap(({value}) => [value, decoded(value)]),
    ...leavesOf(text),
  ];
}

function isWebhook(address: string): boolean {
  return /^https?:\/\/hooks\./i.test(address);
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

/** The texts in a JSON document that are secret by their keys or by their look. */
function leavesOf(text: string): string[] {
  if (!/^[[{]/.test(text)) return [];
  const leaves: string[] = [];
  try {
    JSON.parse(text, (key: string, value: unknown) => {
      if (typeof value === 'string' && value !== '' && (saysSecret(key) || looksRandom(value))) leaves.push(value);
      return value;
    });
  } catch {
    return []; // other text that starts with a bracket
  }
  return leaves;
}

/** How tokens of well-known services start. @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
const TOKEN_STARTS = /^(gh[pousr]_|github_pat_|glpat-|xox[a-z]-|sk-|AKIA|ASIA|eyJ|AIza|ya29\.|hvs\.|-----BEGIN )/;
const UUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;

/** Whether some part of the text looks as no word or name does: letters, digits and cases that change all the time. */
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

/** The longer the word, the fewer changes between lower case, upper case and digits are enough. */
function isRandomWord(word: string): boolean {
  const kinds = new Set(word.split('').map(kindOf)).size;
  if (word.length >= 16) return kinds > 1 && shareOfChanges(word) >= 0.3;
  const enough = word.length >= 12 ? 0.4 : 0.6;
  return word.length >= 8 && kinds === 3 && shareOfChanges(word) >= enough;
}

/** Which part of the neighbours are of different kinds: 0 to 1. */
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
