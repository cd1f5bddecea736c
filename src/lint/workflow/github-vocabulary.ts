/** Lint: fixes for errors of GitHub's parser. Pure. */
import {wellKnownFunctions} from '@actions/expressions/funcs';
import {nearest} from '../../base/text/nearest.ts';

/** Valid words at the position of the mistake. */
export interface WorkflowWords {
  /** The keys of GitHub's workflow schema. Empty if the mistake is not at a key. */
  readonly keys: readonly string[];
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/contexts */
export const CONTEXTS: readonly string[] = [
  'github',
  'env',
  'vars',
  'job',
  'jobs',
  'steps',
  'runner',
  'secrets',
  'strategy',
  'matrix',
  'needs',
  'inputs',
];

/** https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows */
export const EVENTS: readonly string[] = [
  'branch_protection_rule',
  'check_run',
  'check_suite',
  'create',
  'delete',
  'deployment',
  'deployment_status',
  'discussion',
  'discussion_comment',
  'fork',
  'gollum',
  'image_version',
  'issue_comment',
  'issues',
  'label',
  'merge_group',
  'milestone',
  'page_build',
  'public',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request_target',
  'push',
  'registry_package',
  'release',
  'repository_dispatch',
  'schedule',
  'status',
  'watch',
  'workflow_call',
  'workflow_dispatch',
  'workflow_run',
];

const FUNCTIONS = [...Object.keys(wellKnownFunctions), 'always', 'success', 'failure', 'cancelled', 'hashFiles'];

type Remedy = (word: string, words: WorkflowWords) => string | undefined;

/** Fixes by the start of GitHub's message. The group captures the word that the message is about. */
const REMEDIES: readonly (readonly [RegExp, Remedy])[] = [
  [/^Unexpected value '(.+)'$/, (word, {keys}) => didYouMean(word, keys)],
  [/^Unexpected value ''$/, () => 'Write a value, or remove the key'],
  [/^Unrecognized named-value: '(.+)'/, explainContext],
  [/^Unrecognized function: '(.+)'/, word => didYouMean(word, FUNCTIONS)],
  [/^Unexpected symbol: '(=)'/, () => 'To compare, write =='],
  [/^Unexpected symbol: '(".*)'/, () => 'Put strings in single quotes'],
  [/^Unexpected symbol: '(and|or|not)'/i, word => `Write ${OPERATORS[word.toLowerCase()]}`],
  [/^Unexpected symbol: '}'/, () => 'An expression before it is not closed. Add }}.'],
  [/^Unexpected symbol: 'EOF'/, () => 'Close it, for example with a bracket'],
  [/^An expression was expected/, () => 'Write it between the braces, or remove them'],
  [/^A mapping was not expected/, () => 'An expression starts with $, and a string with braces needs quotes'],
  [/^The expression is not closed/, () => 'Add }}'],
];

const OPERATORS: Readonly<Record<string, string>> = {and: '&&', or: '||', not: '!'};

/**
 * The fix, with its leading punctuation. Empty if GitHub's message is sufficient.
 * @param what the message on one line, without a full stop
 */
export function remedyFor(what: string, words: WorkflowWords): string {
  for (const [pattern, remedy] of REMEDIES) {
    const found = pattern.exec(what);
    const hint = found === null ? undefined : remedy(found[1] ?? '', words);
    if (hint !== undefined) return `. ${hint}${/[.?]$/.test(hint) ? '' : '.'}`;
  }
  return '';
}

/** Suggests another word. The word itself can be valid in a different place: `type` is a key of an input. */
function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const near = nearest(
    word,
    candidates.filter(candidate => candidate !== word),
  );
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}

/** Explains a context that is not available here. */
function explainContext(word: string): string | undefined {
  const name = word.toLowerCase();
  if (name === 'secrets') return '`secrets` cannot be read here. Put the secret in `env:` and read that.';
  if (CONTEXTS.includes(name)) return `\`${name}\` cannot be read here`;
  return didYouMean(word, CONTEXTS);
}
