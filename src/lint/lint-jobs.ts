/** Lint: the jobs of a workflow that reacts: what they take from each other, and catalog text in their scripts. Pure. */
import type {FoundProblem} from '../rules/check-rules.ts';
import {suggest} from '../rules/nearest.ts';
import {lintOutputs} from './lint-outputs.ts';
import {
  allExpressions,
  expression,
  expressionsIn,
  type Job,
  usesOf,
  type Workflow,
  withoutExpressions,
} from './workflow.ts';
import {allTexts, mappingIn, type Part, scalarText, textsAt} from './written.ts';

export function lintJobs(workflow: Workflow): FoundProblem[] {
  return [
    ...checkClosed(workflow),
    ...workflow.jobs.flatMap(job => [
      ...checkScripts(job),
      ...checkNeeds(job, workflow),
      ...checkMatrix(job),
      ...lintOutputs(job, workflow),
    ]),
  ];
}

/** GitHub then refuses the whole workflow: no change is reacted to, and no run says so. */
function checkClosed({json}: Workflow): FoundProblem[] {
  return [...allTexts(json)].flatMap(({path, value}) => {
    const [part] = /\$\{\{[^\n$]*/.exec(withoutExpressions(value)) ?? [];
    if (part === undefined) return [];
    return [{path, part, message: 'an expression is not closed, so GitHub refuses the workflow; write }} at its end'}];
  });
}

/** Texts of the catalog, wherever a workflow can reach them. */
const HOSTILE = [
  /^github\.event(\.(client_payload|inputs)\b|$)/,
  /^inputs\.(event|port_context|port_payload)\b/,
  /^steps\.[\w-]+\.outputs\.(entity|from|to|reactions|remediations)\b/,
  /^needs\.[\w-]+\.outputs\.(entity|from|to|reactions|remediations)\b/,
];

/** What stands in `run:` becomes part of the program, quotes and all. https://docs.github.com/en/actions/reference/security/secure-use */
function checkScripts(job: Job): FoundProblem[] {
  const keys = matrixOf(job).map(({value: key}) => `matrix.${key}.`);
  const isHostile = (name: string) =>
    HOSTILE.some(pattern => pattern.test(name)) || keys.some(key => `${name}.`.startsWith(key));
  const scripts = job.steps.flatMap((step, index) => {
    const path = [...job.path, 'steps', index];
    const isScript = usesOf(step).startsWith('actions/github-script@');
    return [
      ...textsAt(step['run'], [...path, 'run']),
      ...(isScript ? textsAt(mappingIn(step, 'with')['script'], [...path, 'with', 'script']) : []),
    ];
  });
  return scripts.flatMap(({path, value}) =>
    expressionsIn(value)
      .filter(({source}) => namesIn(source).some(isHostile))
      .map(({part, source}) => ({
        path,
        part,
        message: `${part} puts text of the catalog into the script, where it can run commands; put it into \`env:\`, as VALUE: ${expression(source)}, and write "$VALUE"`,
      })),
  );
}

/** `needs.react.outputs.entity`, and as `needs['react']…` people rarely write it. */
function namesIn(source: string): string[] {
  return [...source.matchAll(/[a-zA-Z_][\w-]*(\.[\w-]+|\['[\w-]+'\])*/g)].map(([name]) =>
    name.replace(/\['([\w-]+)'\]/g, '.$1'),
  );
}

/** The keys of a job's matrix that are made from the catalog. */
function matrixOf({body}: Job): Part<string>[] {
  const matrix = mappingIn(mappingIn(body, 'strategy'), 'matrix');
  return Object.entries(matrix).flatMap(([key, value]) =>
    typeof value === 'string' && /remediations|client_payload/.test(value)
      ? [{path: ['strategy', 'matrix', key], value: key}]
      : [],
  );
}

/** Of a job that is not waited for, outputs are empty. */
function checkNeeds({body, path}: Job, {jobs}: Workflow): FoundProblem[] {
  const needed = textsAt(body['needs'], [...path, 'needs']);
  const names = jobs.map(({name}) => name);
  const misspelt = needed
    .filter(({value}) => !names.includes(value))
    .map(({path: at, value}) => ({
      path: at,
      message: `there is no job "${value}" in this workflow${suggest(value, names)}`,
    }));
  if (misspelt.length > 0) return misspelt;
  const used = [...allExpressions(body, path)].flatMap(part =>
    [...part.value.matchAll(/\bneeds\.([\w-]+)\./g)].map(([name, job = '']) => ({...part, name, job})),
  );
  const missing = used.filter(({job}) => !needed.some(({value}) => value === job));
  return missing.slice(0, 1).map(({path: at, name, job}) => ({
    path: at,
    part: name,
    message: names.includes(job)
      ? `is always empty, as this job does not wait for "${job}"; add \`needs: ${job}\``
      : `there is no job "${job}" in this workflow${suggest(job, names)}`,
  }));
}

/** GitHub fails a job whose matrix is empty, so each run without a remediation would be red. */
function checkMatrix(job: Job): FoundProblem[] {
  if (job.body['if'] !== undefined) return [];
  const matrix = mappingIn(mappingIn(job.body, 'strategy'), 'matrix');
  return matrixOf(job).map(({path, value: key}) => {
    const [output = 'needs.react.outputs.remediations'] = namesIn(scalarText(matrix[key])).filter(name =>
      name.startsWith('needs.'),
    );
    const guard = `if: ${output} != '[]' && ${output} != ''`;
    const message = `is empty in most runs, which GitHub makes a failure; add \`${guard}\` to the job`;
    return {path: [...job.path, ...path], message};
  });
}
