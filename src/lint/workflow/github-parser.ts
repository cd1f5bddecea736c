/**
 * Lint: errors of GitHub's own workflow parser. GitHub rejects the whole file: nothing starts, and no run shows the error.
 * https://github.com/actions/languageservices/tree/main/workflow-parser
 */
import {convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow} from '@actions/workflow-parser';
import {ErrorPolicy} from '@actions/workflow-parser/model/convert';
import type {TemplateContext} from '@actions/workflow-parser/templates/template-context';
import type {TemplateValidationError} from '@actions/workflow-parser/templates/template-validation-error';
import {messageOf} from '../../base/errors.ts';
import {clip, oneLine} from '../../base/text/show.ts';
import type {FileProblem, SourceFile} from '../source.ts';
import {remedyFor} from './github-vocabulary.ts';

const MAX_MESSAGE = 400;

/**
 * False errors of the parser (0.3.61) for workflows that GitHub accepts. Its schema does not allow `on: repository_dispatch`
 * as a string, and it cannot check a mapping from an expression: `env: ${{ fromJSON(…) }}`.
 */
const FALSE_ERRORS = /^Unexpected value 'repository_dispatch'$|^Unexpected type 'BasicExpressionToken'/;

/**
 * Checks a workflow. Never throws. The text must be valid YAML, because the parser reports misleading errors otherwise.
 * @returns the first problem at each position
 */
export function githubProblems({file, text}: SourceFile): FileProblem[] {
  try {
    const context = parse(file, text);
    const keys = keysOf(context);
    const errors = context.errors.getErrors().filter(({rawMessage}) => !FALSE_ERRORS.test(rawMessage));
    const placed = errors.filter(({range}) => range !== undefined); // errors without a position are consequences of these
    const independent = placed.length > 0 ? placed : errors;
    return firstAtEachPlace(independent.map(error => problemFor({file, text}, error, keys)));
  } catch (error) {
    return [{file, line: 1, column: 1, message: `GitHub's parser could not read the workflow: ${messageOf(error)}`}];
  }
}

/**
 * Parses a workflow. The conversion of jobs and events is `async` only for called workflows, which are not fetched. So it is
 * complete when the call returns.
 */
function parse(name: string, content: string): TemplateContext {
  const {context, value} = parseWorkflow({name, content}, new NoOperationTraceWriter());
  if (value !== undefined) {
    void convertWorkflowTemplate(context, value, undefined, {errorPolicy: ErrorPolicy.TryConversion});
  }
  return context;
}

function problemFor({file, text}: SourceFile, error: TemplateValidationError, keys: readonly string[]): FileProblem {
  const what = oneLine(error.rawMessage).replace(/\.$/, '');
  const message = `GitHub refuses this workflow, and no run starts: ${clip(what, MAX_MESSAGE)}${remedyFor(what, {keys: isAtKey(error, text) ? keys : []})}`;
  return {file, ...placeOf(error, text), message};
}

/**
 * The position of an error. GitHub reports the start of a text. In a text of several lines, an unclosed expression is in the
 * last line that opens one.
 */
function placeOf({range, rawMessage}: TemplateValidationError, text: string): {line: number; column: number} {
  const {line, column} = range?.start ?? {line: 1, column: 1};
  if (range === undefined || !rawMessage.includes('not closed')) return {line, column};
  const lines = text.split('\n').slice(line - 1, range.end.line);
  const last = lines.findLastIndex(one => /\$\{\{(?!.*\}\})/.test(one));
  return last < 1 ? {line, column} : {line: line + last, column: (lines[last]?.indexOf('${{') ?? 0) + 1};
}

/** Keeps the first problem at each position, because later ones are consequences of it. */
function firstAtEachPlace(problems: readonly FileProblem[]): FileProblem[] {
  const places = new Map(problems.toReversed().map(problem => [`${problem.line}:${problem.column}`, problem]));
  return [...places.values()].toReversed();
}

/** All keys in GitHub's workflow schema. */
function keysOf({schema}: TemplateContext): string[] {
  const definitions = Object.values(schema.definitions) as readonly {readonly properties?: object}[];
  return [...new Set(definitions.flatMap(({properties = {}}) => Object.keys(properties)))];
}

/** Whether the error is at a key, which is followed by a colon. */
function isAtKey({range}: TemplateValidationError, text: string): boolean {
  const line = text.split('\n')[(range?.end.line ?? 0) - 1] ?? '';
  return /^['"]?\s*:/.test(line.slice((range?.end.column ?? 1) - 1));
}
