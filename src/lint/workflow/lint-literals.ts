/**
 * Lint: texts that look like expressions or variables but are literal: `{{ secrets.X }}` and `$VAR` in a workflow, `${{ … }}`
 * and `{ change.title }` in the rules. Pure.
 */
import type {FoundProblem} from '../../rules/problem.ts';
import {allTexts, mappingIn, mappingsIn, textsAt, under, type WrittenPart} from '../written.ts';
import {expression, type ReactStep, type Workflow} from './workflow.ts';

/** @param json the rules file, possibly with mistakes */
export function lintLiterals(json: unknown): FoundProblem[] {
  return mappingsIn(json, 'rules').flatMap(({path, value: rule}) => {
    const notify = mappingIn(rule, 'notify');
    const plain = ['mention', 'runbook'].flatMap(key => textsAt(notify[key], ['notify', key]));
    const env = [...allTexts(mappingIn(mappingIn(rule, 'remediate'), 'env'), ['remediate', 'env'])];
    return [
      ...under(path, env).flatMap(checkEnv),
      ...under(path, plain).flatMap(checkPlain),
      ...under(path, textsAt(notify['text'], ['notify', 'text'])).flatMap(checkBraces),
    ];
  });
}

/**
 * Checks `env` of a remediation. GitHub evaluates expressions only in workflows, and the script gets the change in variables.
 */
function checkEnv({path, value}: WrittenPart<string>): FoundProblem[] {
  const [part] = /\$?\{\{[^}]*\}?\}?/.exec(value) ?? [];
  if (part === undefined) return [];
  const name = String(path.at(-1));
  const secret = /secrets\.|env\.|vars\./.test(part);
  const remedy = secret
    ? `Put ${name} under \`env:\` of the step in the workflow, and write \`pass: [${name}]\` here`
    : 'The script has the change in $REACTOR_ENTITY, $REACTOR_TO and so on, and in the file $REACTOR_CHANGE_PATH';
  return [
    {
      path,
      part,
      message: `the script would get ${part} literally, because expressions are not evaluated here. ${remedy}.`,
    },
  ];
}

function checkPlain({path, value}: WrittenPart<string>): FoundProblem[] {
  const [part] = /\$?\{\{[^}]*\}?\}?/.exec(value) ?? [];
  const message = 'is shown literally. Only `text` and destinations accept {{ … }}.';
  return part === undefined ? [] : [{path, part, message}];
}

/** Reports paths in single braces. Other single braces are valid, because texts can contain JSON and shell variables. */
const SINGLE = /(?<!\{)\$?\{\s*((?:change|before|after)\.[\w.[\]'-]+)\s*\}(?!\})/gi;

function checkBraces({path, value}: WrittenPart<string>): FoundProblem[] {
  return [...value.matchAll(SINGLE)].map(([part, source = '']) => ({
    path,
    part,
    message: `${part} is shown literally. Write {{ ${source} }}.`,
  }));
}

/** Reports texts in a workflow that are not expressions but look like them. */
export function lintUnfilled(workflow: Workflow): FoundProblem[] {
  return [...checkDollars(workflow), ...workflow.steps.flatMap(checkVariables)];
}

/** Keys of scripts, which can contain other braces: `docker ps --format '{{ env.X }}'`. */
const OF_SCRIPTS = ['run', 'script', 'inlineScript'];
const NO_DOLLAR = /(?<!\$)\{\{\s*((?:secrets|github|inputs|env|vars|steps|needs|matrix|runner)\.[\w.-]+)\s*\}\}/gi;

function checkDollars({json}: Workflow): FoundProblem[] {
  return [...allTexts(json)]
    .filter(({path}) => !OF_SCRIPTS.includes(String(path.at(-1))))
    .flatMap(({path, value}) =>
      [...value.matchAll(NO_DOLLAR)].map(([part, source = '']) => ({
        path,
        part,
        message: `is literal text: an expression starts with $. Write ${expression(source)}.`,
      })),
    );
}

/** `$NAME`, `${NAME}`, `$(…)`, `%NAME%` and `$env:NAME`, alone or after `name=`. */
const VARIABLE = /^(?:[\w.-]+\s*=\s*)?(\$\{?[A-Za-z_]\w*\}?|\$\(.*\)|%\w+%|\$env:\w+)$/;

function checkVariables(step: ReactStep): FoundProblem[] {
  const inputs = [...allTexts(mappingIn(step.body, 'with'), [...step.path, 'with'])];
  return inputs.flatMap(({path, value}) =>
    value.split('\n').flatMap(line => {
      const [, part] = VARIABLE.exec(line.trim()) ?? [];
      return part === undefined ? [] : [{path, part, message: variableMessage(part)}];
    }),
  );
}

function variableMessage(part: string): string {
  const name = part.replace(/^\$env:|\W/g, '');
  return `${part} is literal text: no shell expands inputs. Write ${expression(`secrets.${name}`)}, or ${expression(`env.${name}`)} for a variable of the workflow.`;
}
