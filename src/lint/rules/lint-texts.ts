/** Lint: texts of rules that load but would show raw JSON. Pure. */
import {isObject, type JsonObject} from '../../base/json.ts';
import {compileExpression} from '../../rules/expression/expression.ts';
import {ExpressionContext, toValue} from '../../rules/expression/expression-data.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {mappingIn, mappingsIn, scalarText, textsAt, type WrittenPart} from '../written.ts';

/** @param json the rules file, possibly with mistakes */
export function lintTexts(json: unknown): FoundProblem[] {
  return mappingsIn(json, 'rules').flatMap(({path, value: rule}) =>
    textsAt(mappingIn(rule, 'notify')['text'], [...path, 'notify', 'text']).flatMap(text => checkText(text, rule)),
  );
}

function checkText({path, value: text}: WrittenPart<string>, rule: JsonObject): FoundProblem[] {
  return [...text.matchAll(/\{\{([\s\S]*?)\}\}/g)].flatMap(([part, source = '']) => {
    if (!isMapping(source)) return [];
    const example = partOf(source.trim().toLowerCase(), scalarText(rule['property']).trim() || 'healthStatus');
    return [{path, part, message: `${part} would be shown as JSON. Write a part of it, for example {{ ${example} }}.`}];
  });
}

const side = () => toValue({properties: {}, relations: {}});
/** A change that contains only the mappings that every change has. */
const ANY_CHANGE = new ExpressionContext({change: () => toValue({by: {}}), before: side, after: side});

function isMapping(source: string): boolean {
  try {
    return isObject(compileExpression(source).valueIn(ANY_CHANGE));
  } catch {
    return false; // the loader reports it, or only a change can
  }
}

function partOf(source: string, property: string): string {
  if (source === 'change.by') return 'change.by.email';
  const [, root] = /^\(?(before|after)\b/.exec(source) ?? [];
  if (root === undefined) return 'change.title';
  return source.endsWith('relations') ? `${root}.relations.service` : `${root}.properties.${property}`;
}
