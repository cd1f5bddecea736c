/** Lint: compares the list of incidents that must still be reported with the rules. Pure. */
import {loadProtected, type ProtectedIncident} from '../backtest/protected-incidents.ts';
import {isObject} from '../base/json.ts';
import {suggest} from '../base/text/nearest.ts';
import {problemsIn} from './collect.ts';
import {type FileProblem, openSource, type SourceFile} from './source.ts';

/**
 * All mistakes in the list. A backtest checks whether the incidents are reported.
 * @param rules the content of the rules file
 */
export function lintProtected(list: SourceFile | undefined, rules: unknown): FileProblem[] {
  if (list === undefined) return [];
  const {value = [], error} = loadProtected(list.text, list.file);
  const {place} = openSource(list);
  const [names, blueprints] = [valuesOf(rules, 'name'), valuesOf(rules, 'blueprint')];
  const unknown = value.flatMap((incident: ProtectedIncident, index) =>
    (
      [
        ['rule', incident.rule, names, 'is not the name of a rule'],
        ['blueprint', incident.blueprint, blueprints, 'is not the blueprint of a rule'],
      ] as const
    ).flatMap(([key, word, known, what]) => {
      if (word === undefined || known.length === 0 || known.includes(word)) return [];
      return [place({path: ['protected', index, key], message: `"${word}" ${what}${suggest(word, known)}`})];
    }),
  );
  return [...problemsIn(list.file, error), ...unknown];
}

function valuesOf(rules: unknown, key: string): string[] {
  const list = isObject(rules) && Array.isArray(rules['rules']) ? rules['rules'] : [];
  return list.flatMap((rule: unknown) => (isObject(rule) && typeof rule[key] === 'string' ? [rule[key]] : []));
}
