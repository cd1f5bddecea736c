// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions are not templates of JavaScript
/** A job gets exactly the remediations that rules hand to it. */
import {describe, expect, test} from '@jest/globals';
import {lintHandOver, lintReceivers} from '../../../src/lint/flow/lint-hand-over.ts';
import {flowsIn} from '../../../src/lint/flow/workflow-flow.ts';
import {lintJobs} from '../../../src/lint/workflow/lint-jobs.ts';
import {readWorkflow} from '../../../src/lint/workflow/workflow.ts';

const OUTPUTS = {
  remediations: '${{ steps.react.outputs.remediations }}',
  'remediations-by-job': '${{ steps.react.outputs.remediations-by-job }}',
};
const BY_JOB = 'fromJSON(needs.react.outputs.remediations-by-job)';
const ALL = 'needs.react.outputs.remediations';

/** A job that receives a list. */
const jobWith = (list: string, guard = 'true') => ({
  needs: 'react',
  if: guard,
  'runs-on': 'x',
  strategy: {matrix: {remediation: `\${{ ${list} }}`}},
  steps: [{run: 'true'}],
});

function found(named: readonly string[], jobs: object, outputs: object = OUTPUTS): string[] {
  const text = JSON.stringify({
    on: 'repository_dispatch',
    jobs: {react: {'runs-on': 'x', outputs, steps: [{uses: './', id: 'react'}]}, ...jobs},
  });
  const workflow = readWorkflow({file: 'w.yml', text}, true);
  const step = workflow?.steps[0];
  if (workflow === undefined || step === undefined) throw new Error('is not read as a workflow that uses the action');
  const rules = {rules: named.map(job => ({remediate: {job}}))};
  const flows = flowsIn(workflow);
  const all = [lintHandOver, lintReceivers].flatMap(check => check(rules, {step, workflow, flows}));
  return [...all, ...lintJobs(workflow, flows)].map(({message}) => message);
}

const OWN = {cordon: jobWith(`${BY_JOB}.cordon`), teardown: jobWith(`${BY_JOB}.teardown`)};

describe('lint reports nothing for', () => {
  test.each<[string, readonly string[], object, object?]>([
    ['jobs that each take their own list', ['cordon', 'teardown'], OWN],
    ['a list in brackets', ['cordon', 'teardown'], {...OWN, teardown: jobWith(`${BY_JOB}['teardown']`)}],
    ['one job that takes the whole list', ['cordon', 'cordon'], {cordon: jobWith(`fromJSON(${ALL})`)}],
    [
      'a job that no rule names, and that reads the lists of others',
      ['cordon', 'teardown'],
      {...OWN, summary: jobWith(`${BY_JOB}.cordon`)},
    ],
    [
      'a job that reads all lists',
      ['cordon', 'teardown'],
      {...OWN, summary: {...jobWith("'[]'"), if: `${BY_JOB} != null`}},
    ],
    [
      'an output under another name',
      ['cordon', 'teardown'],
      {
        cordon: jobWith('fromJSON(needs.react.outputs.lists).cordon'),
        teardown: jobWith('fromJSON(needs.react.outputs.lists).teardown'),
      },
      {lists: OUTPUTS['remediations-by-job']},
    ],
  ])('%s', (...[, named, jobs, outputs]) => {
    expect(found(named, jobs, outputs)).toEqual([]);
  });
});

describe('if there are two jobs, lint refuses the whole list', () => {
  const shared = (name: string) => expect.stringContaining(`"${name}" would also run for the others`);

  test('in each job that receives it', () => {
    const jobs = {cordon: jobWith(`fromJSON(${ALL})`), teardown: jobWith(`fromJSON(${ALL})`)};
    expect(found(['cordon', 'teardown'], jobs)).toEqual([shared('cordon'), shared('teardown')]);
  });

  test.each<[string, object, object?]>([
    ['in its condition', jobWith(`${BY_JOB}.teardown`, `${ALL} != '[]'`)],
    ['in other letter case and in brackets', jobWith("fromJSON(Needs['react'].Outputs['Remediations'])")],
    [
      'under another name',
      jobWith('fromJSON(needs.react.outputs.list)'),
      {list: OUTPUTS.remediations, 'remediations-by-job': OUTPUTS['remediations-by-job']},
    ],
    ['in a variable', {...jobWith("fromJSON('[1]')"), env: {LIST: `\${{ ${ALL} }}`}}],
    ['in an expression for the matrix', {...jobWith('x'), strategy: {matrix: `\${{ fromJSON(${ALL}) }}`}}],
  ])('%s', (...[, teardown, outputs]) => {
    expect(
      found(['cordon', 'teardown'], {...OWN, cordon: jobWith("fromJSON('[1]')"), teardown}, outputs),
    ).toContainEqual(shared('teardown'));
  });
});

describe('lint checks that a job', () => {
  test('does not read the list of another job', () => {
    const jobs = {...OWN, teardown: jobWith(`${BY_JOB}.cordon`)};
    expect(found(['cordon', 'teardown'], jobs)).toEqual([
      '"teardown" would run for the remediations of "cordon". Write .teardown.',
    ]);
  });

  test('does not read a list that no rule fills', () => {
    const jobs = {...OWN, teardown: jobWith(`${BY_JOB}.teardwn`)};
    expect(found(['cordon', 'teardown'], jobs)).toEqual([
      'no rule hands remediations to a job "teardwn". Did you mean "teardown"?',
    ]);
  });

  test('exists', () => {
    expect(found(['cordn'], {cordon: OWN.cordon})).toContainEqual('w.yml has no job "cordn". Did you mean "cordon"?');
  });

  test('gets the outputs', () => {
    expect(found(['cordon'], {cordon: {...jobWith("fromJSON('[1]')")}}, {})).toEqual([
      'the job "cordon" of w.yml would never start: the job "react" does not output its remediations. Add `outputs: { remediations-by-job: ${{ steps.react.outputs.remediations-by-job }} }` to it.',
    ]);
  });

  test.each([
    [`fromJSON(${ALL})`, `if: ${ALL} != '[]' && ${ALL} != ''`],
    [`${BY_JOB}.cordon`, `if: ${BY_JOB}.cordon != null`],
  ])('does not fail if its list is empty: %s', (list, guard) => {
    const {if: _, ...unguarded} = jobWith(list);
    expect(found(['cordon'], {cordon: unguarded})).toEqual([
      `is empty in most runs, and GitHub fails a job with an empty matrix. Add \`${guard}\` to the job.`,
    ]);
  });
});
