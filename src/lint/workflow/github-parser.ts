/**
 * Lint: what GitHub's own parser objects to in a workflow. GitHub refuses such a file as a whole: nothing starts, and no run says so.
 * https://github.com/actions/languageservices/tree/main/workflow-parser
 */
import {convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow} from '@actions/workflow-parser';
import {ErrorPolicy} from '@actions/workflow-parser/model/convert';
import type {TemplateContext} from '@actions/workflow-parser/templates/template-context';
import type {TemplateValidationError} from '@actions/workflow-parser/templates/template-validation-error';
import {messageOf} from '../../base/errors.ts';
import {clip, oneLine} from '../../base/text.ts';
import type {FileProblem, SourceFile} from '../source.ts';
import {remedyFor} from './github-words.ts';

const MAX_MESSAGE = 400;

/**
 * What the parser (0.3.61) says of workflows that GitHub takes: its schema has no `on: repository_dispatch` as a word (the constant
 * of that definition is another event's), and it cannot look into a mapping that an expression gives: `env: ${{ fromJSON(…) }}`.
 */
const WRONG = /^Unexpected value 'repository_dispatch'$|^Unexpected type 'BasicExpressionToken'/;

/**
 * Never throws. Only for text that is YAML: of anything else, the parser reports what its own mistakes make.
 * @returns one problem for each place, the first that GitHub reports there
 */
export function githubProblems({file, text}: SourceFile): FileProblem[] {
  try {
    const context = parse(file, text);
    const keys = keysOf(context);
    const errors = context.errors.getErrors().filter(({rawMessage}) => !WRONG.test(rawMessage));
    const placed = errors.filter(({range}) => range !== undefined); // those without a place follow from these
    const independent = placed.length > 0 ? placed : errors;
    return firstAtEachPlace(independent.map(error => problemFor({file, text}, error, keys)));
  } catch (error) {
    return [{file, line: 1, column: 1, message: `GitHub's parser could not read the workflow: ${messageOf(error)}`}];
  }
}

/** The second half, jobs and events, is `async` only for called workflows, which are not fetched: it is done when it returns. */
function parse(name: string, content: string): TemplateContext {
  const {context, value} = parseWorkflow({name, content}, new NoOperationTraceWriter());
  if (value !== undefined) {
    void convertWorkflowTemplate(context, value, undefined, {errorPolicy: ErrorPolicy.TryConversion});
  }
  return context;
}

function problemFor({file, text}: SourceFile, error: TemplateValidationError, keys: readonly string[]): FileProblem {
  const what = oneLine(error.rawMessage).replace(/\.$/, '');
  const message = `GitHub refuses this workflow, and nothing starts: ${clip(what, MAX_MESSAGE)}${remedyFor(what, {keys: isAtKey(error, text) ? keys : []})}`;
  return {file, ...placeOf(error, text), message};
}

/** GitHub points at the start of a text. In one of many lines, an expression that is not closed is in the last that opens one. */
function placeOf({range, rawMessage}: TemplateValidationError, text: string): {line: number; column: number} {
  const {line, column} = range?.start ?? {line: 1, column: 1};
  if (range === undefined || !rawMessage.includes('not closed')) return {line, column};
  const lines = text.split('\n').slice(line - 1, range.end.line);
  const last = lines.findLastIndex(one => /\$\{\{(?!.*\}\})/.test(one));
  return last < 1 ? {line, column} : {line: line + last, column: (lines[last]?.indexOf('${{') ?? 0) + 1};
}

/** What follows at the same place follows from the first. */
function firstAtEachPlace(problems: readonly FileProblem[]): FileProblem[] {
  const places = new Map(problems.toReversed().map(problem => [`${problem.line}:${problem.column}`, problem]));
  return [...places.values()].toReversed();
}

/** Every key that GitHub's schema of workflows has somewhere. */
function keysOf({schema}: TemplateContext): string[] {
  const definitions = Object.values(schema.definitions) as readonly {readonly properties?: object}[];
  return [...new Set(definitions.flatMap(({properties = {}}) => Object.keys(properties)))];
}

/** Only a key has a colon behind it. */
function isAtKey({range}: TemplateValidationError, text: string): boolean {
  const line = text.split('\n')[(range?.end.line ?? 0) - 1] ?? '';
  return /^['"]?\s*:/.test(line.slice((range?.end.column ?? 1) - 1));
}
