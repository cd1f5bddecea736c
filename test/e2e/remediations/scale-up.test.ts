import {access, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {
  eventually,
  exampleRules,
  isRunning,
  linkTools,
  runScript,
  startScript,
  temporaryDirectory,
  writeEarlyTermination,
  writeExecutable,
} from '../../helpers/processes/run-script.ts';
import {runs} from '../../helpers/values/runs.ts';

const script = '.github/remediations/scale-up.sh';
const map = '.github/remediations/scale-up.map';
const where = ['deployment/notification-service', '--namespace=production'];
const get = ['get', ...where, '--output=jsonpath={.spec.replicas}', '--request-timeout=20s'];
const scale = (from: number, to: number) => [
  'scale',
  ...where,
  `--current-replicas=${from}`,
  `--replicas=${to}`,
  '--request-timeout=20s',
];
const autoscalers =
  '{range .items[*]}{.spec.scaleTargetRef.kind}{"|"}{.spec.scaleTargetRef.name}{"|"}{.metadata.name}{"|"}' +
  '{.spec.minReplicas}{"|"}{.spec.maxReplicas}{"\\n"}{end}';
const listAutoscalers = [
  ...['get', 'horizontalpodautoscalers', '--namespace=production'],
  ...[`--output=jsonpath=${autoscalers}`, '--request-timeout=20s'],
];
const check = [
  ...['get', ...where, '--output=jsonpath={.spec.replicas} {.status.availableReplicas}', '--request-timeout=20s'],
];
const rollout = (timeout = '60s') => ['rollout', 'status', ...where, `--timeout=${timeout}`];

// Records its arguments, separated by NUL, and prints the file that the test prepared for its verb. The file `autoscalers` is for the
// list of autoscalers. The file `check` is for the final check, which by default returns the requested number.
const fakeKubectl = `#!/usr/bin/env bash
here=\${0%/*}
printf '%s\\0' "$#" "$@" >>"$here/calls"
key=$1 all="$*"
case "$all" in
  *horizontalpodautoscalers*) key=autoscalers ;;
  *availableReplicas*) key=check ;;
  scale*--replicas=*) wanted=\${all#*--replicas=}; wanted=\${wanted%% *}; echo "$wanted $wanted" >"$here/default" ;;
esac
if [[ -f $here/$key.hangs ]]; then
  echo $$ >"$here/pid"
  exec sleep 60
fi
if [[ -f $here/$key.out ]]; then printf '%s' "$(<"$here/$key.out")"; elif [[ $key == check ]]; then cat "$here/default"; fi
if [[ -f $here/$key.err ]]; then printf '%s\\n' "$(<"$here/$key.err")" >&2; exit 1; fi
`;

let tools: Awaited<ReturnType<typeof temporaryDirectory>>;
let root: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  tools = await temporaryDirectory();
  await linkTools(tools.path, ['bash', 'cat', 'mktemp', 'rm', 'sleep']);
});
afterAll(() => tools.remove());

beforeEach(async () => {
  ({path: root, remove} = await temporaryDirectory());
  await mkdir(join(root, 'bin'));
  await mkdir(join(root, 'workspace'));
  await mkdir(join(root, 'runner-temp'));
  await writeExecutable(join(root, 'bin/kubectl'), fakeKubectl);
  await answers({'get.out': '2'});
  await writeMap('notification-service-prod production/notification-service\n');
});
afterEach(() => remove());

describe('scales by one step', () => {
  const cases: {name: string; env?: Record<string, string>; replicas?: string; calls: string[][]; message: string}[] = [
    {
      name: 'by default by 1, waiting 60 s for the rollout',
      calls: [get, listAutoscalers, scale(2, 3), rollout(), check],
      message: 'Scaled production/notification-service from 2 to 3 replicas, all of them ready.\n',
    },
    {
      name: 'by SCALE_STEP, waiting ROLLOUT_TIMEOUT',
      env: {SCALE_STEP: '3', ROLLOUT_TIMEOUT: '5m'},
      calls: [get, listAutoscalers, scale(2, 5), rollout('5m'), check],
      message: 'Scaled production/notification-service from 2 to 5 replicas, all of them ready.\n',
    },
    {
      name: 'never above MAX_REPLICAS',
      env: {SCALE_STEP: '100', MAX_REPLICAS: '4'},
      calls: [get, listAutoscalers, scale(2, 4), rollout(), check],
      message: 'Scaled production/notification-service from 2 to 4 replicas, all of them ready.\n',
    },
    {
      name: 'up to a ceiling of 10 without MAX_REPLICAS',
      env: {SCALE_STEP: '9'},
      replicas: '9',
      calls: [get, listAutoscalers, scale(9, 10), rollout(), check],
      message: 'Scaled production/notification-service from 9 to 10 replicas, all of them ready.\n',
    },
    {
      name: 'without waiting if ROLLOUT_TIMEOUT is 0',
      env: {ROLLOUT_TIMEOUT: '0'},
      calls: [get, listAutoscalers, scale(2, 3), check],
      message: 'Scaled production/notification-service from 2 to 3 replicas, without waiting for them to be ready.\n',
    },
    {
      name: 'only as a printed line if DRY_RUN is true',
      env: {DRY_RUN: 'true'},
      calls: [get, listAutoscalers],
      message: 'Would scale production/notification-service from 2 to 3 replicas.\n',
    },
  ];
  test.each(cases)('$name', async ({env = {}, replicas = '2', calls: expected, message}) => {
    await answers({'get.out': replicas});
    const run = await scaleUp(env);
    expect(run).toMatchObject({code: 0, stdout: message, stderr: ''});
    expect(await calls()).toEqual(expected);
  });
});

describe('does nothing and exits with 3', () => {
  test.each([
    ['at the ceiling', '10', {}, 'has 10 replicas and the ceiling is 10: nothing was done'],
    ['above the ceiling, where it never scales down', '7', {MAX_REPLICAS: '6'}, 'has 7 replicas and the ceiling is 6'],
    ['a deployment that is scaled to zero', '0', {}, 'is scaled to zero, probably on purpose: nothing was done'],
  ])('%s', async (_, replicas, env, message) => {
    await answers({'get.out': replicas});
    const run = await scaleUp(env);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain(message);
    expect(await calls()).toEqual([get]);
  });
});

describe('answers of the cluster', () => {
  test.each([
    [
      'the Deployment does not exist',
      {'get.err': 'Error from server (NotFound): deployments.apps "notification-service" not found'},
      [get],
      /NotFound[\s\S]*correct \.github\/remediations\/scale-up\.map, line 1/,
    ],
    [
      'reading is forbidden',
      {'get.err': 'Error from server (Forbidden): deployments.apps is forbidden: User "ci" cannot get resource'},
      [get],
      /Forbidden[\s\S]*Could not read production\/notification-service: grant get, list, watch on deployments/,
    ],
    [
      'the credentials are missing',
      {'get.err': 'The connection to the server localhost:8080 was refused - did you specify the right host or port?'},
      [get],
      /localhost:8080[\s\S]*check that an earlier step writes KUBECONFIG and that remediate\.pass names it/,
    ],
    [
      'the answer is not a number',
      {'get.out': 'x\n::error::y'},
      [get],
      /kubectl printed "x\?::error::y", which is not a number/,
    ],
    [
      'another run scales at the same time',
      {'scale.err': 'error: Expected replicas to be 2, was 3'},
      [get, listAutoscalers, scale(2, 3)],
      /Expected replicas[\s\S]*it was scaled by another client at the same time\. Nothing was scaled\./,
    ],
    [
      'the answer to the scale request is lost',
      {'scale.err': 'error: context deadline exceeded'},
      [get, listAutoscalers, scale(2, 3)],
      /deadline[\s\S]*Could not scale[\s\S]*Check how many replicas it has now\.$/m,
    ],
  ])('fails if %s', async (_, prepared, expected, message) => {
    await answers(prepared as Record<string, string>);
    const run = await scaleUp();
    expect(run).toMatchObject({code: 1, stdout: ''});
    expect(run.stderr).toMatch(message);
    expect(await calls()).toEqual(expected);
  });

  test('exits with 4 if the new replicas are not ready in time', async () => {
    await answers({'rollout.err': 'error: timed out waiting for the condition'});
    const run = await scaleUp({ROLLOUT_TIMEOUT: '1s'});
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('from 2 to 3 replicas, but not all of them were ready within 1s');
  });

  test.each([
    ['was set back', '2 2', 5, /from 2 to 3 replicas, but it is set to 2 now: an autoscaler.* has undone it/],
    ['was scaled further by another client', '9 9', 5, /but it is set to 9 now: an autoscaler.* has changed it/],
    ['was raised by another client', '5 3', 5, /but it is set to 5 now/],
    ['lost a pod since', '3 2', 4, /from 2 to 3 replicas, but only 2 are available now/],
    ['has none available', '3 ', 4, /but only 0 are available now/],
    ['gives an invalid answer', '3 a[$(touch_pwned)]', 4, /but only a\?\?\?touch_pwned\?\? are available now/],
  ])('fails if the Deployment %s after scaling', async (_, seen, code, message) => {
    await answers({'check.out': seen});
    const run = await scaleUp();
    expect(run).toMatchObject({code, stdout: ''});
    expect(run.stderr).toMatch(message);
    await expectUntouched(run.all);
  });

  test('fails if the change is undone immediately and the script does not wait', async () => {
    await answers({'check.out': '2 2'});
    await expect(scaleUp({ROLLOUT_TIMEOUT: '0'})).resolves.toMatchObject({code: 5, stdout: ''});
  });

  test('reports that the result is unknown if the final check fails', async () => {
    await answers({'check.err': 'error: context deadline exceeded'});
    const run = await scaleUp();
    expect(run).toMatchObject({code: 4, stdout: ''});
    expect(run.stderr).toMatch(/but the current number could not be read/);
  });

  test.each([[{}], [{DRY_RUN: 'true'}]])('does not scale a Deployment with an autoscaler (%j)', async env => {
    await answers({'autoscalers.out': 'Deployment|other|a|1|5\nDeployment|notification-service|web-hpa|2|8\n'});
    const run = await scaleUp(env);
    expect(run).toMatchObject({code: 3, stdout: ''});
    expect(run.stderr).toBe(
      'The autoscaler web-hpa sets how many replicas production/notification-service has (2 to 8): nothing was scaled. Raise its minReplicas or maxReplicas.\n',
    );
    expect(await calls()).toEqual([get, listAutoscalers]);
  });

  test('ignores autoscalers of other Deployments', async () => {
    await answers({'autoscalers.out': 'Deployment|other|a|1|5\nStatefulSet|notification-service|b|1|5'});
    await expect(scaleUp()).resolves.toMatchObject({code: 0});
  });

  test('scales if autoscalers cannot be listed, and reports it', async () => {
    await answers({
      'autoscalers.err': 'Error from server (Forbidden): horizontalpodautoscalers.autoscaling is forbidden',
    });
    const run = await scaleUp();
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(
      /all of them ready\. An autoscaler may undo this: autoscalers could not be listed\. Grant list/,
    );
  });

  test('reports that kubectl is not installed', async () => {
    await rm(join(root, 'bin/kubectl'));
    const run = await scaleUp();
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/kubectl is not installed.*azure\/setup-kubectl.*remediate\.pass: \[KUBECONFIG\]/);
  });
});

describe('the Deployment', () => {
  test('can be set by KUBE_NAMESPACE and KUBE_DEPLOYMENT, without a mapping file', async () => {
    await rm(join(root, 'workspace', map));
    const run = await scaleUp({KUBE_NAMESPACE: 'shop', KUBE_DEPLOYMENT: 'checkout.v2', ROLLOUT_TIMEOUT: '0'});
    expect(run.code).toBe(0);
    expect((await calls()).map(args => args.slice(1, 3))).toEqual([
      ['deployment/checkout.v2', '--namespace=shop'],
      ['horizontalpodautoscalers', '--namespace=shop'],
      ['deployment/checkout.v2', '--namespace=shop'],
      ['deployment/checkout.v2', '--namespace=shop'],
    ]);
  });

  test.each([
    ['with a comment at its end', 'notification-service-prod production/notification-service # paging\n'],
    ['indented, with tabs', '\t notification-service-prod \t production/notification-service\t\n'],
    ['without a last newline', '# all of ours\n\nnotification-service-prod production/notification-service'],
    ['with Windows line ends', 'x a/b\r\nnotification-service-prod production/notification-service\r\n'],
    ['next to an invalid line of another entity', 'x\nnotification-service-prod production/notification-service\n'],
    [
      'next to a longer name with the same start',
      'notification-service-prod-2 x/y\nnotification-service-prod production/notification-service\n',
    ],
  ])('is found in a line of the map %s', async (_, text) => {
    await writeMap(text);
    expect(await scaleUp()).toMatchObject({code: 0, stderr: ''});
    expect(await calls()).toEqual([get, listAutoscalers, scale(2, 3), rollout(), check]);
  });

  test('is found in the file of SCALE_UP_MAP, for an entity with letters of any script and backslashes', async () => {
    await writeFile(join(root, 'elsewhere.map'), 'bücher\\läden/=@x production/notification-service\n');
    const run = await scaleUp({SCALE_UP_MAP: join(root, 'elsewhere.map'), REACTOR_ENTITY: 'bücher\\läden/=@x'});
    expect(run).toMatchObject({code: 0, stderr: ''});
  });

  const line = '"notification-service-prod <namespace>/<deployment>"';
  test.each([
    ['has no line for the entity', 'other a/b\n', `add the line ${line} to ${map}`],
    ['has the entity only in a comment', '#notification-service-prod production/x\n', `add the line ${line} to ${map}`],
    ['has a pattern instead', '* production/x\nnotification-.* production/x\n', `add the line ${line} to ${map}`],
    ['names no Deployment', '\nnotification-service-prod\n', `line 2 must read ${line}`],
    ['names no namespace', 'notification-service-prod notification-service\n', `line 1 must read ${line}`],
    ['has a third field', 'notification-service-prod production/x --all\n', `line 1 must read ${line}`],
    ['has the entity twice', 'notification-service-prod a/b\nnotification-service-prod a/c\n', 'line 2 maps'],
    ['contains a flag', 'notification-service-prod --all/x\n', 'line 1: "--all/x" is not <namespace>/<deployment>'],
    ['contains a path', 'notification-service-prod a/b/c\n', '"a/b/c" is not <namespace>/<deployment>'],
    [
      'contains capital letters',
      'notification-service-prod Production/x\n',
      '"Production/x" is not <namespace>/<deployment>',
    ],
    [
      'contains a pattern',
      'notification-service-prod production/*\n',
      '"production/?" is not <namespace>/<deployment>',
    ],
    ['contains an empty name', 'notification-service-prod /\n', '"/" is not <namespace>/<deployment>'],
  ])('is refused if the map %s', async (_, text, message) => {
    await writeMap(text);
    const run = await scaleUp();
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
    expect(await calls()).toEqual([]);
  });

  test('is refused without a map', async () => {
    await rm(join(root, 'workspace', map));
    const run = await scaleUp();
    expect(run.code).toBe(2);
    expect(run.stderr).toBe(`There is no mapping file ${map}: create it and add the line ${line} to ${map}.\n`);
  });

  test('is refused without an entity', async () => {
    const run = await scaleUp({REACTOR_ENTITY: ''});
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('REACTOR_ENTITY is not set');
  });

  test("is found in the repository's map for the entity of the guide", async () => {
    await writeMap(await readFile(new URL(`../../../${map}`, import.meta.url), 'utf8'));
    expect(await scaleUp()).toMatchObject({code: 0, stderr: ''});
    expect(await calls()).toEqual([get, listAutoscalers, scale(2, 3), rollout(), check]);
  });
});

describe('settings', () => {
  const cases: Record<string, string>[] = [
    ...['0', '-1', '1.5', 'two', '1e3', '0x10', '99999', ' 1', '1\n2', 'a[$(touch pwned)]'].flatMap(value => [
      {SCALE_STEP: value},
      {MAX_REPLICAS: value},
    ]),
    ...['60', 's', '-1s', '1d', '60s --all', '00s', '0s'].map(value => ({ROLLOUT_TIMEOUT: value})),
    ...['yes', '1', 'TRUE'].map(value => ({DRY_RUN: value})),
    {KUBE_NAMESPACE: 'production'},
    {KUBE_DEPLOYMENT: 'notification-service'},
  ];
  test.each(cases)('are checked before kubectl is called: %j', async env => {
    const run = await scaleUp(env);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(Object.keys(env)[0]);
    expect(await calls()).toEqual([]);
    await expectUntouched(run.all);
  });
});

describe('hostile text', () => {
  const hostile = [
    '$(touch pwned)',
    '`touch pwned`',
    `$(touch pwned);'"<!channel> ##[set-output name=x]y`,
    '; touch pwned #',
    'a && touch pwned',
    'x[$(touch pwned)]',
    '--all',
    '-n kube-system',
    '-n=kube-system',
    '--namespace=kube-system',
    '../../etc/passwd',
    'production/notification-service',
    '*',
    '?',
    '#',
    '# production/notification-service',
    '%s%n',
    '\\',
    'notification-service-prod ',
    'notification-service-prod\nproduction/x',
    'a\r\n::set-output name=x::y',
    '::error::x',
    '\u001b[2J\u0007',
    'x'.repeat(10_000),
  ];

  test.each(hostile)('is refused as the entity without a mapping: %j', async text => {
    const run = await scaleUp({...everywhere(text), REACTOR_ENTITY: text});
    expect(run).toMatchObject({code: 2, stdout: ''});
    expect(await calls()).toEqual([]);
    await expectUntouched(run.all);
  });

  test.each(hostile)('has no effect in other variables, with an explicit mapping: %j', async text => {
    const run = await scaleUp({
      ...everywhere(text),
      REACTOR_ENTITY: text,
      KUBE_NAMESPACE: 'production',
      KUBE_DEPLOYMENT: 'notification-service',
    });
    expect(run).toMatchObject({code: 0, stderr: ''});
    expect(await calls()).toEqual([get, listAutoscalers, scale(2, 3), rollout(), check]);
    await expectUntouched(run.all);
  });

  test.each(hostile)('is refused as the namespace or the Deployment: %j', async text => {
    for (const env of [
      {KUBE_NAMESPACE: text, KUBE_DEPLOYMENT: 'notification-service'},
      {KUBE_NAMESPACE: 'production', KUBE_DEPLOYMENT: text},
    ]) {
      const run = await scaleUp(env);
      expect(run).toMatchObject({code: 2, stdout: ''});
      await expectUntouched(run.all);
    }
    expect(await calls()).toEqual([]);
  });

  test('is refused as the entity, for any text', async () => {
    const text = fc.string({unit: 'binary', minLength: 1}).filter(entity => !entity.includes('\0'));
    await fc.assert(
      fc.asyncProperty(text, async entity => {
        const run = await scaleUp({REACTOR_ENTITY: entity});
        expect(run).toMatchObject({code: 2, stdout: ''});
        await expectUntouched(run.all);
      }),
      {numRuns: runs(30)},
    );
    expect(await calls()).toEqual([]);
  });
});

test('the example in its header is a valid rules file', async () => {
  const text = await exampleRules(script);
  expect(text).toContain(`run: ${script}`);
  expect(() => parseRules(text, 'header.yml', () => true)).not.toThrow();
});

test.each([
  ['autoscalers', 'Stopped before anything was scaled.'],
  ['check', 'Stopped while checking the result. Scaled production/notification-service from 2 to 3 replicas.'],
  ['get', 'Stopped before anything was scaled.'],
  ['scale', 'Stopped while scaling production/notification-service from 2 to 3 replicas: check how many it has.'],
  [
    'rollout',
    'Stopped while waiting for the new replicas. Scaled production/notification-service from 2 to 3 replicas.',
  ],
])('ends kubectl %s on SIGTERM and reports the progress', async (verb, message) => {
  await answers({[`${verb}.hangs`]: ''});
  const {child, finished} = startScript(script, {env: environment(), cwd: join(root, 'workspace')});
  const pid = await eventually('kubectl hangs', async () => Number(await read('bin/pid')));
  child.kill('SIGTERM');
  expect(await finished).toMatchObject({code: 143, stdout: '', stderr: `${message}\n`});
  await eventually('kubectl is gone', async () => !isRunning(pid));
  expect(await readdir(join(root, 'runner-temp'))).toEqual([]);
});

test('ends a kubectl that has just started on SIGTERM', async () => {
  await answers({'autoscalers.hangs': ''});
  const run = await scaleUp({BASH_ENV: await writeEarlyTermination(root)});
  expect(run).toMatchObject({code: 143, stdout: '', stderr: 'Stopped before anything was scaled.\n'});
  expect(isRunning(Number(await read('started')))).toBe(false);
});

function environment(env: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: `${join(root, 'bin')}:${tools.path}`,
    GITHUB_WORKSPACE: join(root, 'workspace'),
    RUNNER_TEMP: join(root, 'runner-temp'),
    REACTOR_ENTITY: 'notification-service-prod',
    ...env,
  };
}

function scaleUp(env: Record<string, string> = {}) {
  return runScript(script, {env: environment(env), cwd: join(root, 'workspace')});
}

function everywhere(text: string): Record<string, string> {
  const names = ['RULE', 'TITLE', 'BLUEPRINT', 'PROPERTY', 'FROM', 'TO', 'AT', 'CHANGE_PATH'];
  return Object.fromEntries(names.map(name => [`REACTOR_${name}`, text]));
}

async function answers(files: Record<string, string>): Promise<void> {
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(root, 'bin', name), text)));
}

async function writeMap(text: string): Promise<void> {
  await mkdir(join(root, 'workspace/.github/remediations'), {recursive: true});
  await writeFile(join(root, 'workspace', map), text);
}

async function read(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8').catch(() => '');
}

async function calls(): Promise<string[][]> {
  const words = (await read('bin/calls')).split('\0').slice(0, -1);
  const found: string[][] = [];
  while (words.length > 0) {
    found.push(words.splice(0, Number(words.shift())));
  }
  return found;
}

/** Expects that no command ran, no file was left, and no line of the output is a workflow command. */
async function expectUntouched(output: string): Promise<void> {
  expect(await readdir(join(root, 'workspace'))).toEqual(['.github']);
  expect(await readdir(join(root, 'runner-temp'))).toEqual([]);
  await expect(access(join(root, 'pwned'))).rejects.toThrow();
  expect(output).not.toMatch(/^\s*::|##\[/m);
  expect(output.trimEnd()).not.toMatch(/[\0-\t\v-\x1f\x7f]/);
  expect(output.length).toBeLessThan(1000);
}
