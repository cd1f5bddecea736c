/** Compile: patterns for identifiers, such as `payments-*` and `{web,api}-?`. */
import picomatch from 'picomatch';
import {messageOf} from '../../base/errors.ts';

/** A name, or a pattern of names, compiled. */
export interface NamePattern {
  /** As written. */
  readonly source: string;
  /** Whether it is a pattern rather than a literal name. */
  readonly isGlob: boolean;
  matches(name: string): boolean;
}

/** The characters that make a name a pattern. Port's identifiers cannot contain them. */
const SPECIAL = /[*?[{]/;

/**
 * Compiles a name or a pattern. Identifiers are not paths: `*` and `?` match any characters, including `/` and `.`. `[abc]`,
 * `[a-z]`, `[!a]` and `{one,two}` have the same meaning as in a shell.
 * @throws {Error} that describes the mistake in the pattern
 */
export function compileName(source: string): NamePattern {
  if (!SPECIAL.test(source)) return {source, isGlob: false, matches: name => name === source};
  const pattern = compilePattern(source);
  return {source, isGlob: true, matches: name => pattern.test(escapePathCharacters(name))};
}

/** Whether the first pattern matches every name that the second matches. Can return false incorrectly, but never true. */
export function coversName(wide: NamePattern, narrow: NamePattern): boolean {
  if (wide.source === narrow.source || matchesAll(wide)) return true;
  return narrow.isGlob ? takesAllFrom(wide, headOf(narrow)) : wide.matches(narrow.source);
}

/** Whether the pattern is a prefix and a star, and matches everything that begins with `start`. */
function takesAllFrom({source}: NamePattern, start: string): boolean {
  const head = source.replace(/\*+$/, '');
  return head !== source && !SPECIAL.test(head) && start.startsWith(head);
}

/** The literal prefix of every name that the pattern matches. */
function headOf({source}: NamePattern): string {
  const end = source.search(SPECIAL);
  return end === -1 ? source : source.slice(0, end);
}

/** Whether it matches every name. */
export function matchesAll({source}: NamePattern): boolean {
  return /^\*+$/.test(source);
}

/** https://github.com/micromatch/picomatch#picomatch-options */
const OPTIONS: picomatch.PicomatchOptions = {
  bash: true, // one star also matches path separators
  posix: true, // [!a] as well as [^a]
  nonegate: true,
  noextglob: true,
  windows: false,
  literalBrackets: false,
  strictBrackets: true,
  debug: true, // throws for an invalid pattern, which would otherwise never match
  flags: 's',
};

function compilePattern(source: string): RegExp {
  try {
    // Outside of extended globs, these characters would keep their meaning in the regular expression.
    return picomatch.makeRe(escapePathCharacters(source).replace(/[()|+]/g, '\\$&'), OPTIONS);
  } catch (error) {
    throw new Error(explain(messageOf(error)));
  }
}

/**
 * The library matches paths and treats slashes, leading dots and backslashes specially. Private use characters and a letter
 * prefix prevent that.
 */
function escapePathCharacters(text: string): string {
  return `x${text.replaceAll('/', '\ue000').replaceAll('\\', '\ue001')}`;
}

function explain(message: string): string {
  const [, which, bracket] = /^Missing (opening|closing): "(.)"/.exec(message) ?? [];
  if (which !== undefined)
    return `is not a pattern: ${which === 'closing' ? 'a closing' : 'an opening'} ${bracket} is missing`;
  if (/out of order/i.test(message)) return 'is not a pattern: the range in [ ] is out of order';
  return `is not a pattern: ${message}`;
}
