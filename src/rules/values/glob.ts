/** Compile: names as people write them to mean several, `payments-*` and `{web,api}-?`, asked of identifiers. */
import picomatch from 'picomatch';
import {messageOf} from '../../base/errors.ts';

/** A name, or a pattern of names, compiled. */
export interface NamePattern {
  /** As it is written. */
  readonly source: string;
  /** Whether it stands for more than the one name that it spells. */
  readonly isGlob: boolean;
  matches(name: string): boolean;
}

/** The characters that make a name a pattern. None of them can be in an identifier of Port's. */
const SPECIAL = /[*?[{]/;

/**
 * Compiles a name or a pattern. Identifiers are not paths: `*` and `?` stand for any characters, `/` and `.` among them.
 * `[abc]`, `[a-z]`, `[!a]` and `{one,two}` mean what they do in a shell.
 * @throws {Error} with a sentence on what is wrong with the pattern
 */
export function compileName(source: string): NamePattern {
  if (!SPECIAL.test(source)) return {source, isGlob: false, matches: name => name === source};
  const pattern = compilePattern(source);
  return {source, isGlob: true, matches: name => pattern.test(unlikeAPath(name))};
}

/** Whether every name that the second matches is matched by the first. A wrong no is possible, a wrong yes is not. */
export function coversName(wide: NamePattern, narrow: NamePattern): boolean {
  if (wide.source === narrow.source || matchesAll(wide)) return true;
  return narrow.isGlob ? takesAllFrom(wide, headOf(narrow)) : wide.matches(narrow.source);
}

/** Whether it is a text and a star, and all that starts so. */
function takesAllFrom({source}: NamePattern, start: string): boolean {
  const head = source.replace(/\*+$/, '');
  return head !== source && !SPECIAL.test(head) && start.startsWith(head);
}

/** What each name that the pattern matches starts with. */
function headOf({source}: NamePattern): string {
  const end = source.search(SPECIAL);
  return end === -1 ? source : source.slice(0, end);
}

/** Whether there is no name that it does not match. */
export function matchesAll({source}: NamePattern): boolean {
  return /^\*+$/.test(source);
}

/** https://github.com/micromatch/picomatch#picomatch-options */
const OPTIONS: picomatch.PicomatchOptions = {
  bash: true, // one star crosses what a path would be split at
  posix: true, // [!a] as well as [^a]
  nonegate: true,
  noextglob: true,
  windows: false,
  literalBrackets: false,
  strictBrackets: true,
  debug: true, // throws what else would never match
  flags: 's',
};

function compilePattern(source: string): RegExp {
  try {
    // Outside of extended globs, these would reach the regular expression with its own meaning.
    return picomatch.makeRe(unlikeAPath(source).replace(/[()|+]/g, '\\$&'), OPTIONS);
  } catch (error) {
    throw new Error(explain(messageOf(error)));
  }
}

/**
 * The library matches paths: it treats slashes, dots at the start of a part, and backslashes in its own way. Stand-ins
 * of the private use area, and a letter in front, take that away.
 */
function unlikeAPath(text: string): string {
  return `x${text.replaceAll('/', '\ue000').replaceAll('\\', '\ue001')}`;
}

function explain(message: string): string {
  const [, which, bracket] = /^Missing (opening|closing): "(.)"/.exec(message) ?? [];
  if (which !== undefined)
    return `is not a pattern: a ${bracket} ${which === 'closing' ? 'is missing at its end' : 'has no start'}`;
  if (/out of order/i.test(message)) return 'is not a pattern: a range in [ ] goes from a higher to a lower character';
  return `is not a pattern: ${message}`;
}
