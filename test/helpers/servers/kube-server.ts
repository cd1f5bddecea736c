/**
 * A fake of the Kubernetes API on a free port, with the parts that kubectl requires to scale one Deployment: discovery, the
 * Deployment and its scale, rollouts and autoscalers.
 *
 * - `kube.deployment` is its state: `available` follows `replicas`, unless `isStuck`.
 * - `kube.onScaled` runs after each scaling, as a controller would.
 * - `kube.autoscalers` are the autoscalers of the namespace. `forbidden` refuses to list them.
 */
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

interface Scaler {
  readonly name: string;
  readonly kind: string;
  readonly target: string;
}

export interface KubeServer {
  readonly kubeconfig: string;
  readonly deployment: {namespace: string; name: string; replicas: number; available: number; isStuck: boolean};
  autoscalers: readonly Scaler[] | 'forbidden';
  onScaled: () => void;
  close(): Promise<void>;
}

export async function startKubeServer(): Promise<KubeServer> {
  const server = createServer((request, response) => void answer(kube, request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kube: KubeServer = {
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{name: 'test', cluster: {server: url}}],
      contexts: [{name: 'test', context: {cluster: 'test', user: 'test'}}],
      users: [{name: 'test', user: {}}],
      'current-context': 'test',
    }),
    deployment: {namespace: 'production', name: 'notification-service', replicas: 2, available: 2, isStuck: false},
    autoscalers: [],
    onScaled: () => {},
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return kube;
}

async function answer(kube: KubeServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const {pathname, searchParams} = new URL(request.url ?? '/', 'http://localhost');
  const send = (status: number, body: unknown) => {
    response.writeHead(status, {'content-type': 'application/json'});
    response.end(JSON.stringify(body));
  };
  const {namespace, name} = kube.deployment;
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  if (DISCOVERY[pathname] !== undefined) return send(200, DISCOVERY[pathname]);
  if (pathname === `${deployments}/${name}`) return send(200, deploymentOf(kube));
  if (pathname === `${deployments}/${name}/scale`) {
    if (request.method === 'PUT') scale(kube, await bodyOf(request));
    return send(200, scaleOf(kube));
  }
  if (pathname === deployments && searchParams.get('watch') !== null) {
    response.writeHead(200, {'content-type': 'application/json'});
    response.write(`${JSON.stringify({type: 'MODIFIED', object: deploymentOf(kube)})}\n`); // the watch stays open
    return;
  }
  if (pathname === deployments) return send(200, listOf('DeploymentList', 'apps/v1', [deploymentOf(kube)]));
  if (pathname === `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`) {
    if (kube.autoscalers === 'forbidden') return send(403, statusOf(403, 'Forbidden'));
    return send(200, listOf('HorizontalPodAutoscalerList', 'autoscaling/v2', kube.autoscalers.map(scalerOf)));
  }
  send(404, statusOf(404, 'NotFound'));
}

const verbs = ['get', 'list', 'patch', 'update', 'watch'];
const groups = [
  ['apps', 'v1'],
  ['autoscaling', 'v2'],
].map(([name, version]) => {
  const preferredVersion = {groupVersion: `${name}/${version}`, version};
  return {name, versions: [preferredVersion], preferredVersion};
});

const DISCOVERY: Readonly<Record<string, unknown>> = {
  '/api': {kind: 'APIVersions', versions: ['v1']},
  '/api/v1': {kind: 'APIResourceList', groupVersion: 'v1', resources: []},
  '/apis': {kind: 'APIGroupList', apiVersion: 'v1', groups},
  '/apis/apps/v1': {
    kind: 'APIResourceList',
    groupVersion: 'apps/v1',
    resources: [
      {name: 'deployments', singularName: 'deployment', namespaced: true, kind: 'Deployment', verbs},
      {name: 'deployments/scale', namespaced: true, kind: 'Scale', group: 'autoscaling', version: 'v1', verbs},
    ],
  },
  '/apis/autoscaling/v2': {
    kind: 'APIResourceList',
    groupVersion: 'autoscaling/v2',
    resources: [
      {
        ...{name: 'horizontalpodautoscalers', singularName: 'horizontalpodautoscaler', shortNames: ['hpa']},
        ...{namespaced: true, kind: 'HorizontalPodAutoscaler', verbs},
      },
    ],
  },
};

function deploymentOf({deployment: {namespace, name, replicas, available}}: KubeServer) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace, uid: 'u1', resourceVersion: '7', generation: 3},
    spec: {replicas, selector: {matchLabels: {app: name}}, template: {metadata: {}, spec: {containers: []}}},
    status: {
      ...{observedGeneration: 3, replicas: available, updatedReplicas: available, readyReplicas: available},
      ...{availableReplicas: available, conditions: []},
    },
  };
}

function scaleOf({deployment: {namespace, name, replicas, available}}: KubeServer) {
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: {name, namespace, uid: 'u1', resourceVersion: '7'},
    spec: {replicas},
    status: {replicas: available, selector: `app=${name}`},
  };
}

function scale(kube: KubeServer, body: {spec: {replicas: number}}): void {
  const {deployment} = kube;
  deployment.replicas = body.spec.replicas;
  if (!deployment.isStuck) deployment.available = deployment.replicas;
  kube.onScaled();
}

function scalerOf({name, kind, target}: Scaler) {
  return {
    metadata: {name, namespace: 'production'},
    spec: {scaleTargetRef: {apiVersion: 'apps/v1', kind, name: target}, minReplicas: 2, maxReplicas: 8},
  };
}

function listOf(kind: string, apiVersion: string, items: readonly unknown[]) {
  return {kind, apiVersion, metadata: {resourceVersion: '7'}, items};
}

function statusOf(code: number, reason: string) {
  return {kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message: `${reason}: by the test`};
}

async function bodyOf(request: IncomingMessage): Promise<{spec: {replicas: number}}> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as {spec: {replicas: number}};
}
