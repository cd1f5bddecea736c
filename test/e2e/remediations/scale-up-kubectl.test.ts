/** scale-up.sh with the real kubectl, which GitHub's runners have, against a local Kubernetes API. */
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {runScript, temporaryDirectory} from '../../helpers/processes/run-script.ts';
import {type KubeServer, startKubeServer} from '../../helpers/servers/kube-server.ts';

const TARGET = 'production/notification-service';

let kube: KubeServer;
let root: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({path: root, remove} = await temporaryDirectory());
  kube = await startKubeServer();
  await writeFile(join(root, 'kubeconfig'), kube.kubeconfig);
});
afterEach(async () => {
  await kube.close();
  await remove();
});

function scaleUp(env: Record<string, string> = {}) {
  const own = {
    PATH: process.env['PATH'] ?? '',
    HOME: root, // kubectl caches its discovery here
    KUBECONFIG: join(root, 'kubeconfig'),
    RUNNER_TEMP: root,
    KUBE_NAMESPACE: 'production',
    KUBE_DEPLOYMENT: 'notification-service',
    ROLLOUT_TIMEOUT: '10s',
  };
  return runScript('.github/remediations/scale-up.sh', {env: {...own, ...env}, cwd: root});
}

test('scales, waits and checks the result', async () => {
  const run = await scaleUp();
  expect(run.stderr).toBe('');
  expect(run.stdout).toMatch(`Scaled ${TARGET} from 2 to 3 replicas, all of them ready.`);
  expect(run.code).toBe(0);
  expect(kube.deployment.replicas).toBe(3);
});

test('does not scale a Deployment with an autoscaler', async () => {
  kube.autoscalers = [
    {name: 'other', kind: 'Deployment', target: 'other'},
    {name: 'web-hpa', kind: 'Deployment', target: 'notification-service'},
  ];
  const run = await scaleUp();
  expect(run).toMatchObject({code: 3, stdout: ''});
  expect(run.stderr).toMatch(`The autoscaler web-hpa sets how many replicas ${TARGET} has (2 to 8)`);
  expect(kube.deployment.replicas).toBe(2);
});

test.each([{}, {ROLLOUT_TIMEOUT: '0'}])('fails if the change was undone: %j', async env => {
  kube.onScaled = () => Object.assign(kube.deployment, {replicas: 2, available: 2});
  const run = await scaleUp(env as Record<string, string>);
  expect(run.code).toBe(5);
  expect(run.stderr).toMatch(`Scaled ${TARGET} from 2 to 3 replicas, but it is set to 2 now`);
});

test('fails if the new replicas do not start', async () => {
  kube.deployment.isStuck = true;
  const run = await scaleUp({ROLLOUT_TIMEOUT: '1s'});
  expect(run.code).toBe(4);
});

test('reports that autoscalers could not be listed', async () => {
  kube.autoscalers = 'forbidden';
  const run = await scaleUp();
  expect(run.code).toBe(0);
  expect(run.stdout).toContain('An autoscaler may undo this: autoscalers could not be listed. Grant list on');
});
