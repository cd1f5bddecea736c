/** Lint: the scripts that rules run. Pure. */
import type {FoundProblem} from '../../rules/problem.ts';
import {scriptPathMistake} from '../../rules/written/written-rules.ts';
import {mappingIn, mappingsIn, textsAt} from '../written.ts';

/** @param json the rules file, possibly with mistakes @param mistakeIn returns why the script at a path would not run */
export function lintScripts(json: unknown, mistakeIn: (run: string) => string | undefined): FoundProblem[] {
  return mappingsIn(json, 'rules').flatMap(({path, value: rule}) =>
    textsAt(mappingIn(rule, 'remediate')['run'], [...path, 'remediate', 'run']).flatMap(({path: at, value}) => {
      if (scriptPathMistake(value) !== undefined) return []; // the loader reports it
      const message = mistakeIn(value);
      return message === undefined ? [] : [{path: at, message}];
    }),
  );
}
