// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions are not templates of JavaScript
/** Lint tracks catalog text to scripts by its flow, not by its name. For a new path, add a row. */
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {lintInjection} from '../../../src/lint/flow/lint-injection.ts';
import {flowsIn} from '../../../src/lint/flow/workflow-flow.ts';
import {readWorkflow} from '../../../src/lint/workflow/workflow.ts';

const TITLE = '${{ github.event.client_payload.title }}';
const LIST = 'fromJSON(needs.react.outputs.remediations)';

interface Parts {
  /** Variables of the workflow. */
  readonly env?: unknown;
  /** Variables of the job with the script. */
  readonly job?: object;
  /** Steps before the script, in its job. */
  readonly before?: readonly object[];
  readonly step?: object;
  readonly outputs?: object;
  readonly jobs?: object;
  readonly inputs?: object;
}

/** A workflow that reacts. Its job `script` needs the job `react`, and its last step runs the text. */
function found(run: string, parts: Parts = {}): string[] {
  const text = JSON.stringify({
    on: {repository_dispatch: {types: ['port-catalog-change']}, workflow_dispatch: {inputs: parts.inputs ?? {}}},
    ...(parts.env === undefined ? {} : {env: parts.env}),
    jobs: {
      react: {
        'runs-on': 'x',
        outputs: {remediations: '${{ steps.react.outputs.remediations }}', ...parts.outputs},
        steps: [{uses: 'acme/port-reactor@v1', id: 'react'}],
      },
      ...parts.jobs,
      script: {
        needs: ['react', ...Object.keys(parts.jobs ?? {})],
        'runs-on': 'x',
        ...parts.job,
        steps: [...(parts.before ?? []), {...parts.step, run}],
      },
    },
  });
  const workflow = readWorkflow({file: 'w.yml', text}, true);
  if (workflow === undefined) throw new Error('is not read as a workflow that uses the action');
  return lintInjection(workflow, flowsIn(workflow)).map(({part = ''}) => part);
}

describe('lint finds catalog text in a script:', () => {
  test.each<[string, string, Parts?]>([
    ['the payload', 'echo "${{ github.event.client_payload.title }}"'],
    ['in other letter case', 'echo "${{ GitHub.Event.Client_Payload.Title }}"'],
    ['in brackets', "echo ${{ github['event']['client_payload'].title }}"],
    ['the whole payload', 'echo ${{ toJSON(github.event.client_payload) }}'],
    ['the whole event', 'echo ${{ toJson(github.event) }}'],
    ['the whole context', 'echo ${{ toJSON(github) }}'],
    ['a computed name', 'echo ${{ github.event.client_payload[vars.NAME] }}'],
    ['a filter', "echo ${{ join(github.event.client_payload.changes.*.entity, ' ') }}"],
    ['a format', "echo ${{ format('{0}', github.event.client_payload.title) }}"],
    ['a choice', "echo ${{ github.ref == 'x' && github.event.client_payload.title || 'none' }}"],
    ['a case', "echo ${{ case(true, github.event.client_payload.title, 'none') }}"],
    ['JSON in JSON', 'echo ${{ fromJSON(toJSON(github)).event.client_payload.title }}'],
    ['an input of a manual run', 'echo ${{ inputs.event }}'],
    ['an input of a manual run, in the event', 'echo ${{ github.event.inputs.event }}'],
    ['an output of the action through the job', 'echo ${{ toJSON(needs) }}'],
    ['a list of the action', 'echo ${{ needs.react.outputs.remediations }}'],
    [
      'an output under another name',
      'echo ${{ needs.react.outputs.who }}',
      {outputs: {who: '${{ steps.react.outputs.entity }}'}},
    ],
    ['all outputs of the step', 'echo ${{ needs.react.outputs.all }}', {outputs: {all: '${{ toJSON(steps.react) }}'}}],
    ['a variable of the workflow', 'echo ${{ env.TITLE }}', {env: {TITLE}}],
    ['a variable in other letter case', 'echo ${{ ENV.title }}', {env: {TITLE}}],
    ['a variable of the job', 'echo ${{ env.TITLE }}', {job: {env: {TITLE: `is ${TITLE}`}}}],
    ['a variable of the step', 'echo ${{ env.TITLE }}', {step: {env: {TITLE}}}],
    ['all variables', 'echo ${{ toJSON(env) }}', {step: {env: {TITLE}}}],
    [
      'variables given by JSON',
      'echo ${{ env.title }}',
      {job: {env: '${{ fromJSON(toJSON(github.event.client_payload)) }}'}},
    ],
    [
      'a variable of a variable',
      'echo ${{ env.B }}',
      {env: {TITLE}, job: {env: {A: '${{ env.TITLE }}'}}, step: {env: {B: '${{ env.A }}'}}},
    ],
    [
      'a matrix',
      'echo ${{ matrix.remediation.entity }}',
      {job: {strategy: {matrix: {remediation: `\${{ ${LIST} }}`}}}},
    ],
    ['a matrix by include', 'echo ${{ matrix.entity }}', {job: {strategy: {matrix: {include: `\${{ ${LIST} }}`}}}}],
    ['a matrix that is an expression', 'echo ${{ matrix.any }}', {job: {strategy: {matrix: `\${{ ${LIST} }}`}}}],
    ['a strategy that is an expression', 'echo ${{ matrix.any }}', {job: {strategy: `\${{ ${LIST} }}`}}],
    ['the whole matrix', 'echo ${{ toJSON(matrix) }}', {job: {strategy: {matrix: {r: `\${{ ${LIST} }}`}}}}],
    ['an item of the matrix', 'echo ${{ toJSON(matrix.r) }}', {job: {strategy: {matrix: {r: `\${{ ${LIST} }}`}}}}],
    ['a matrix with a list of strings', 'echo ${{ matrix.t }}', {job: {strategy: {matrix: {t: ['a', TITLE]}}}}],
    [
      'an output of a script',
      'echo ${{ steps.a.outputs.title }}',
      {before: [{id: 'a', run: 'echo "title=$TITLE" >> "$GITHUB_OUTPUT"', env: {TITLE}}]},
    ],
    [
      'an output of a script, of several lines',
      'echo ${{ steps.a.outputs.title }}',
      {before: [{id: 'a', run: '{ echo "title<<END"; echo "$TITLE"; echo END; } >> "$GITHUB_OUTPUT"', env: {TITLE}}]},
    ],
    [
      'an output of a script that reads the event',
      'echo ${{ steps.a.outputs.title }}',
      {before: [{id: 'a', run: 'echo "title=$(jq -r .client_payload.title "$GITHUB_EVENT_PATH")" >> $GITHUB_OUTPUT'}]},
    ],
    [
      'an output by a variable of the script',
      'echo ${{ steps.a.outputs.t }}',
      {before: [{id: 'a', run: 'x="$TITLE"\necho "t=$x" >> "$GITHUB_OUTPUT"', env: {TITLE}}]},
    ],
    [
      'a variable that a script sets',
      'echo ${{ env.WHO }}',
      {before: [{run: 'echo "WHO=$TITLE" >> "$GITHUB_ENV"', env: {TITLE}}]},
    ],
    [
      'a result of JavaScript',
      'echo ${{ steps.a.outputs.result }}',
      {
        before: [
          {id: 'a', uses: 'actions/github-script@v8', with: {script: 'return context.payload.client_payload.title'}},
        ],
      },
    ],
    [
      'a chain through two jobs, a variable and a script',
      'echo "${{ env.X }}"',
      {
        outputs: {list: '${{ steps.react.outputs.remediations }}'},
        jobs: {
          middle: {
            needs: 'react',
            'runs-on': 'x',
            outputs: {name: '${{ steps.s.outputs.name }}'},
            strategy: {matrix: {item: '${{ fromJSON(needs.react.outputs.list) }}'}},
            steps: [{id: 's', run: 'echo "name=$N" >> "$GITHUB_OUTPUT"', env: {N: '${{ matrix.item.entity }}'}}],
          },
        },
        job: {env: {X: "${{ format('of {0}', needs.middle.outputs.name) }}"}},
      },
    ],
  ])('%s', (...[, run, parts]) => {
    expect(found(run, parts)).toHaveLength(1);
  });

  test.each(['script', 'inlineScript'])('in the input %s of an action', input => {
    expect(found('true', {before: [{uses: 'actions/github-script@v8', with: {[input]: `f("${TITLE}")`}}]})).toEqual([
      TITLE,
    ]);
  });

  test('each place in one script', () => {
    expect(found(`echo ${TITLE}; echo \${{ inputs.event }}; echo \${{ github.sha }}`)).toEqual([
      TITLE,
      '${{ inputs.event }}',
    ]);
  });
});

describe('lint reports nothing for values that cannot run commands:', () => {
  test.each<[string, string, Parts?]>([
    ['a comparison', 'echo ${{ github.event.client_payload.partition == 3 }}'],
    ['a comparison of texts', "echo ${{ github.event.client_payload.title == 'x' }}"],
    [
      'startsWith and contains',
      "echo ${{ startsWith(github.event.client_payload.title, 'x') && contains(github.event.client_payload.title, 'y') }}",
    ],
    [
      'a choice of literals',
      "echo ${{ contains(github.event.client_payload.title, 'prod') && 'production' || 'test' }}",
    ],
    ['a case of literals', "echo ${{ case(github.event.client_payload.title == 'x', 'a', 'b') }}"],
    ['a negation', 'echo ${{ !github.event.client_payload.title }}'],
    ['a hash', 'echo ${{ hashFiles(github.event.client_payload.title) }}'],
    ['the partition', 'echo ${{ github.event.client_payload.partition }}'],
    ['other parts of the context', 'echo ${{ github.sha }} ${{ github.event_name }} ${{ github.event.action }}'],
    [
      'a choice of a manual run',
      'echo ${{ github.event.inputs.target }} ${{ inputs.target }}',
      {inputs: {target: {type: 'choice', options: ['a']}}},
    ],
    ['a boolean of a manual run', 'echo ${{ github.event.inputs.dry }}', {inputs: {dry: {type: 'boolean'}}}],
    [
      'outputs without catalog text',
      'echo ${{ needs.react.outputs.what }}',
      {outputs: {what: '${{ steps.react.outputs.outcome }}'}},
    ],
    [
      'the rule of an item, which is reviewed code',
      'echo ${{ matrix.r.rule }}',
      {job: {strategy: {matrix: {r: `\${{ ${LIST} }}`}}}},
    ],
    ['rules of all items', `echo \${{ join(${LIST}.*.rule, ',') }}`],
    [
      'another key of the matrix',
      'echo ${{ matrix.os }}',
      {job: {strategy: {matrix: {os: ['a'], r: `\${{ ${LIST} }}`}}}},
    ],
    ['a variable of the shell', 'echo "$TITLE"', {step: {env: {TITLE}}}],
    ['another variable', 'echo ${{ env.OTHER }}', {env: {TITLE, OTHER: 'x'}}],
    ['a variable that the step overrides', 'echo ${{ env.TITLE }}', {env: {TITLE}, step: {env: {TITLE: 'fixed'}}}],
    ['a variable of another step', 'echo ${{ env.TITLE }}', {before: [{run: 'true', env: {TITLE}}]}],
    [
      'an output with a fixed value, beside others',
      'echo ${{ steps.a.outputs.ok }}',
      {
        before: [
          {
            id: 'a',
            run: 'echo "ok=true" >> "$GITHUB_OUTPUT"\necho "at=$(date)" >> "$GITHUB_OUTPUT"\ncurl -d "$TITLE" x',
            env: {TITLE},
          },
        ],
      },
    ],
    [
      'the outcome of a step',
      'echo ${{ steps.a.outcome }}',
      {before: [{id: 'a', run: 'echo "t=$TITLE" >> $GITHUB_OUTPUT', env: {TITLE}}]},
    ],
    ['a text that looks like catalog text', "echo '${{ 'github.event.client_payload.title' }}'"],
  ])('%s', (...[, run, parts]) => {
    expect(found(run, parts)).toEqual([]);
  });
});

test('lint terminates for jobs that wait for each other', () => {
  const text = JSON.stringify({
    on: 'repository_dispatch',
    jobs: {
      a: {needs: 'b', outputs: {x: '${{ needs.b.outputs.x }}'}, steps: [{uses: './'}]},
      b: {needs: ['a', 'b'], outputs: {x: '${{ needs.a.outputs.x }}'}, steps: [{run: 'echo ${{ needs.a.outputs.x }}'}]},
    },
  });
  const workflow = readWorkflow({file: 'w.yml', text}, true);
  expect(workflow && lintInjection(workflow, flowsIn(workflow))).toEqual([]);
});

/** Expressions that pass a value on unchanged. Each function converts an expression to another. */
const WRAPPED: readonly ((source: string) => string)[] = [
  source => `(${source})`,
  source => `format('{0}', ${source})`,
  source => `${source} || 'x'`,
  source => `(github.ref && ${source})`,
  source => `toJSON(${source})`,
  source => `case(github.ref == 'x', 'y', ${source})`,
  source => `join(fromJSON(format('[]', 1)), ${source})`,
];
/** Expressions that do not pass the value on. */
const STOPPED: readonly ((source: string) => string)[] = [
  source => `contains(${source}, 'x')`,
  source => `!(${source})`,
  source => `(${source}) == 'x'`,
  source => `((${source}) && 'x')`,
];

const chain = (ways: readonly ((source: string) => string)[]) =>
  fc
    .array(fc.constantFrom(...ways), {maxLength: 6})
    .map(all => (source: string) => all.reduce((text, way) => way(text), source));

test('lint finds catalog text through any chain of functions, but not after a comparison', () => {
  fc.assert(
    fc.property(chain(WRAPPED), chain(WRAPPED), fc.constantFrom(...STOPPED), (first, second, stop) => {
      const source = 'github.event.client_payload.title';
      expect(found(`echo \${{ ${first(source)} }}`)).toHaveLength(1);
      expect(found(`echo \${{ ${second(stop(first(source)))} }}`)).toEqual([]);
    }),
  );
});
