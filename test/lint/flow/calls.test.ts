// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions are not templates of JavaScript
/** Lint tracks catalog text into the workflows and actions that a workflow calls in its repository, and out of them. */
import {describe, expect, test} from '@jest/globals';
import {NO_BLUEPRINTS} from '../../../src/lint/catalog/lint-blueprints.ts';
import {lint} from '../../../src/lint/lint.ts';
import {aRepository, CORRECT, WORKFLOW} from '../../helpers/values/a-repository.ts';

const CALLED = '.github/workflows/called.yml';
const ACTION = '.github/actions/print/action.yml';
const PATHS: Readonly<Record<string, string>> = {action: ACTION, called: CALLED, caller: WORKFLOW};
const TITLE = '${{ github.event.client_payload.title }}';

interface Files {
  /** Jobs that need `react`, in the workflow that uses the action. */
  readonly jobs: object;
  readonly called?: object;
  readonly action?: object;
}

/** The files in which catalog text reaches a script, without duplicates. */
function found({jobs, called, action}: Files): string[] {
  const react = {
    'runs-on': 'x',
    outputs: {entity: '${{ steps.react.outputs.entity }}', rule: '${{ steps.react.outputs.rule }}'},
    steps: [{uses: 'acme/port-reactor@v1', id: 'react', with: {'slack-webhook-url': '${{ secrets.S }}'}}],
  };
  const on = {repository_dispatch: {types: ['port-catalog-change']}};
  const {problems} = lint(
    aRepository({
      ...CORRECT,
      [WORKFLOW]: JSON.stringify({on, jobs: {react, ...jobs}}),
      ...(called === undefined ? {} : {[CALLED]: JSON.stringify(called)}),
      ...(action === undefined ? {} : {[ACTION]: JSON.stringify(action)}),
    }),
    {blueprints: NO_BLUEPRINTS, eventType: 'port-catalog-change'},
  );
  const files = problems.filter(({message}) => message.includes('text of the catalog')).map(({file}) => file);
  return Object.keys(PATHS).filter(name => files.includes(PATHS[name] ?? ''));
}

const job = (run: string, more: object = {}) => ({'runs-on': 'x', steps: [{run}], ...more});
const call = (given: object, more: object = {}) => ({uses: './.github/workflows/called.yml', with: given, ...more});
const print = (given: object, more: object = {}) => ({uses: './.github/actions/print', with: given, ...more});
const called = (run: string, more: object = {}) => ({on: {workflow_call: more}, jobs: {go: job(run)}});
const action = (...steps: object[]) => ({name: 'Print', runs: {using: 'composite', steps}});

describe('text of the catalog in a script', () => {
  test.each<[string, Files, string[]]>([
    [
      'an input of a called workflow',
      {jobs: {go: call({text: TITLE})}, called: called('echo ${{ inputs.text }}')},
      ['called'],
    ],
    [
      'an input in other letter case',
      {jobs: {go: call({TEXT: TITLE})}, called: called('echo ${{ Inputs.Text }}')},
      ['called'],
    ],
    [
      'an output of another job',
      {
        jobs: {go: call({text: '${{ needs.react.outputs.entity }}'}, {needs: 'react'})},
        called: called('echo ${{ inputs.text }}'),
      },
      ['called'],
    ],
    ['the event itself, in a called workflow', {jobs: {go: call({})}, called: called(`echo ${TITLE}`)}, ['called']],
    [
      'an output of a called workflow',
      {
        jobs: {go: call({text: TITLE}), use: job('echo ${{ needs.go.outputs.printed }}', {needs: 'go'})},
        called: {
          on: {workflow_call: {outputs: {printed: {value: '${{ jobs.go.outputs.printed }}'}}}},
          jobs: {go: job('true', {outputs: {printed: '${{ inputs.text }}'}})},
        },
      },
      ['caller'],
    ],
    [
      'an input of a composite action',
      {
        jobs: {go: {'runs-on': 'x', steps: [print({text: TITLE})]}},
        action: action({run: 'echo ${{ inputs.text }}', shell: 'bash'}),
      },
      ['action'],
    ],
    [
      'an input of github-script in a composite action',
      {
        jobs: {go: {'runs-on': 'x', steps: [print({text: TITLE})]}},
        action: action({uses: 'actions/github-script@v7', with: {script: "core.info('${{ inputs.text }}')"}}),
      },
      ['action'],
    ],
    [
      'a variable of the job, in a composite action',
      {
        jobs: {go: {'runs-on': 'x', env: {TEXT: TITLE}, steps: [print({})]}},
        action: action({run: 'echo ${{ env.TEXT }}', shell: 'bash'}),
      },
      ['action'],
    ],
    [
      'an output of a composite action',
      {
        jobs: {
          go: {
            'runs-on': 'x',
            steps: [print({text: TITLE}, {id: 'print'}), {run: 'echo ${{ steps.print.outputs.printed }}'}],
          },
        },
        action: {
          ...action({
            id: 'a',
            run: 'echo "printed=$T" >> "$GITHUB_OUTPUT"',
            shell: 'bash',
            env: {T: '${{ inputs.text }}'},
          }),
          outputs: {printed: {value: '${{ steps.a.outputs.printed }}'}},
        },
      },
      ['caller'],
    ],
    [
      'no mistake if a variable passes it',
      {
        jobs: {go: {'runs-on': 'x', steps: [print({text: TITLE})]}, call: call({text: TITLE})},
        action: action({run: 'echo "$T"', shell: 'bash', env: {T: '${{ inputs.text }}'}}),
        called: {on: {workflow_call: {}}, jobs: {go: job('echo "$T"', {env: {T: '${{ inputs.text }}'}})}},
      },
      [],
    ],
    [
      'no mistake if it is reviewed code',
      {
        jobs: {go: call({text: '${{ needs.react.outputs.rule }}', n: 3}, {needs: 'react'})},
        called: called('echo ${{ inputs.text }} ${{ inputs.n }}'),
      },
      [],
    ],
    [
      'no mistake in a workflow that calls itself',
      {jobs: {go: call({text: TITLE})}, called: {on: {workflow_call: {}}, jobs: {go: call({})}}},
      [],
    ],
    [
      'no mistake in a workflow that is called with other values',
      {jobs: {}, called: called('echo ${{ inputs.text }}')},
      [],
    ],
    [
      'a second workflow for the same events, which does not use the action',
      {
        jobs: {},
        called: {on: {repository_dispatch: {types: ['port-catalog-change']}}, jobs: {go: job(`echo ${TITLE}`)}},
      },
      ['called'],
    ],
  ])('is found as %s', (_name, files, expected) => {
    expect(found(files)).toEqual(expected);
  });
});
