/** The ways to run the relay: docs/deploy.md and deploy/ agree with the relay and with each other. */
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {parse, parseAllDocuments} from 'yaml';
import {readConfig} from '../relay/config/config.ts';
import {RELAY_VARIABLES} from '../src/base/settings/relay-variables.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const DOCS = read('docs/deploy.md');
const DEPLOY_FILES = readdirSync(join(ROOT, 'deploy'), {recursive: true, withFileTypes: true})
  .filter(entry => entry.isFile())
  .map(entry => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
const FILES = ['relay/Dockerfile', 'docs/deploy.md', ...DEPLOY_FILES];

const IMAGE = 'ghcr.io/OWNER/port-reactor-relay:1';
const REQUIRED = {PORT_CLIENT_SECRET: 'secret', GITHUB_REPOSITORY: 'acme/operations', GITHUB_TOKEN: 'github_pat_1'};
const DEFAULTS = readConfig(REQUIRED);

/** Seconds after SIGTERM until all held webhooks are answered: start.ts waits for a second more than the hold. */
const ANSWERED_SECONDS = DEFAULTS.ackTimeoutMs / 1000 + 1;

/** The maximum number of seconds until the exit. With PORT_CLIENT_ID, closing the runs of ignored changes takes up to three more. */
const CLOSING_SECONDS = ANSWERED_SECONDS + 3;

/** The number of dispatches per minute of all copies together: the default of one relay. */
const BUDGET = 60;

type Yaml = ReturnType<typeof parse>; // any content of the files

const sources = readdirSync(join(ROOT, 'relay'), {recursive: true, encoding: 'utf8'})
  .filter(name => name.endsWith('.ts'))
  .map(name => read(`relay/${name}`))
  .join('\n');

describe('settings', () => {
  const known = new Set(RELAY_VARIABLES.map(({name}) => name));

  test.each(FILES)('%s names only variables that the relay reads', path => {
    const named = read(path).match(/\b(?:(?:REACTOR|GITHUB|PORT|WEBHOOK|LOG)_[A-Z_]+|HOST|PORT)\b/g) ?? [];
    expect([...new Set(named)].filter(name => !known.has(name))).toEqual([]);
  });

  test('the relay accepts the file of settings that all places start from', () => {
    const [, text = ''] = /relay\.env <<'END'\n([\s\S]*?)END\n/.exec(DOCS) ?? [];
    const env = Object.fromEntries(text.split('\n').map(line => line.split(/=(.*)/, 2)));
    expect(readConfig(env)).toMatchObject({repository: {owner: 'acme', name: 'operations'}});
  });
});

/** Whether the relay has the route. */
const hasRoute = (route: string) => sources.includes(`'${route}'`) || ['/readyz', '/metrics'].includes(route);

test.each(['deploy/kubernetes.yaml', 'deploy/cloud-run.yaml', 'deploy/fly.toml', 'deploy/lambda/Dockerfile'])(
  '%s runs the published image, and uses existing routes',
  path => {
    expect(read(path)).toContain(IMAGE);
    const routes = [...read(path).matchAll(/path(?:: |=| = ')(\/[\w/]+)/gi)].map(([, route = '']) => route);
    expect(routes.length).toBeGreaterThan(0);
    expect(routes.filter(route => !hasRoute(route))).toEqual([]);
  },
);

describe('kubernetes.yaml', () => {
  const documents: Yaml[] = parseAllDocuments(read('deploy/kubernetes.yaml')).map(document => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
  const ofKind = (kind: string): Yaml => {
    const found = documents.filter(document => document.kind === kind);
    expect(found).toHaveLength(1);
    return found[0];
  };
  const deployment = () => ofKind('Deployment').spec;
  const pod = () => deployment().template.spec;
  const container = () => pod().containers[0];
  const labels = () => deployment().template.metadata.labels;

  test('has everything in one namespace, with the restricted standard', () => {
    const {metadata} = ofKind('Namespace');
    expect(metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
    const others = documents.filter(({kind}) => kind !== 'Namespace');
    expect(others.map(document => document.metadata.namespace)).toEqual(others.map(() => metadata.name));
  });

  test('runs two copies that share the budget', () => {
    const {replicas} = deployment();
    const {value} = container().env.find(({name}: Yaml) => name === 'REACTOR_MAX_DISPATCHES_PER_MINUTE');
    expect(replicas).toBe(2);
    expect(Number(value) * replicas).toBe(BUDGET);
  });

  test('has selectors that match its pods', () => {
    const selectors = [
      deployment().selector.matchLabels,
      ofKind('Service').spec.selector,
      ofKind('PodDisruptionBudget').spec.selector.matchLabels,
      ofKind('NetworkPolicy').spec.podSelector.matchLabels,
      ...pod().topologySpreadConstraints.map((constraint: Yaml) => constraint.labelSelector.matchLabels),
    ];
    for (const selector of selectors) {
      expect(Object.keys(selector).length).toBeGreaterThan(0);
      expect(labels()).toMatchObject(selector);
    }
    const monitor = parse(read('deploy/kubernetes-monitor.yaml')).spec;
    expect(ofKind('Service').metadata.labels).toMatchObject(monitor.selector.matchLabels);
    expect(ofKind('Service').spec.ports.map(({name}: Yaml) => name)).toContain(monitor.endpoints[0].port);
  });

  test('connects the Ingress to the port that the relay listens on', () => {
    const [path] = ofKind('Ingress').spec.rules[0].http.paths;
    const {name, port} = path.backend.service;
    expect(path).toMatchObject({path: '/webhooks/port', pathType: 'Exact'});
    expect(name).toBe(ofKind('Service').metadata.name);
    const servicePort = ofKind('Service').spec.ports.find((candidate: Yaml) => candidate.name === port.name);
    const listening = container().ports.find((candidate: Yaml) => candidate.name === servicePort.targetPort);
    expect(listening.containerPort).toBe(DEFAULTS.port);
    const probed = ['startupProbe', 'readinessProbe', 'livenessProbe'].map(probe => container()[probe].httpGet.port);
    expect(probed).toEqual([listening.name, listening.name, listening.name]);
    expect(deployment().template.metadata.annotations['prometheus.io/port']).toBe(String(DEFAULTS.port));
  });

  test('neither restarts nor disconnects a copy in an outage of GitHub, and keeps it if a new release fails', () => {
    const {startupProbe, readinessProbe, livenessProbe} = container();
    expect([startupProbe.httpGet.path, livenessProbe.httpGet.path]).toEqual(['/healthz', '/healthz']);
    expect(readinessProbe.httpGet.path).toBe('/readyz');
    expect(readinessProbe.periodSeconds * readinessProbe.failureThreshold).toBeGreaterThanOrEqual(300);
    expect(readinessProbe.periodSeconds).toBeLessThanOrEqual(30); // the rules' refresh
    expect(readinessProbe.timeoutSeconds).toBeGreaterThan(2); // /readyz asks GitHub, for 2 s at most
    expect(deployment().strategy.rollingUpdate.maxUnavailable).toBe(0);
    expect(ofKind('PodDisruptionBudget').spec.maxUnavailable).toBeLessThan(deployment().replicas);
  });

  test('pulls a moving tag at every start of a copy, so that copies never run different releases', () => {
    const {image, imagePullPolicy} = container();
    expect(image.includes('@sha256:') || imagePullPolicy === 'Always').toBe(true);
  });

  test('runs without privileges and with a read-only file system', () => {
    expect(pod().securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: {type: 'RuntimeDefault'},
    });
    expect(pod().automountServiceAccountToken).toBe(false);
    expect(container().securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: {drop: ['ALL']},
    });
  });

  test('sends the signal after the last webhook, and stops the copy after all responses', () => {
    const {seconds} = container().lifecycle.preStop.sleep;
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(pod().terminationGracePeriodSeconds).toBeGreaterThan(seconds + CLOSING_SECONDS);
  });

  test('allows name servers and HTTPS', () => {
    const ports = ofKind('NetworkPolicy').spec.egress.flatMap((rule: Yaml) => rule.ports);
    expect(ports).toEqual(
      expect.arrayContaining([
        {protocol: 'UDP', port: 53},
        {protocol: 'TCP', port: 443},
      ]),
    );
  });
});

describe('kubernetes-reconcile.yaml', () => {
  const documents: Yaml[] = parseAllDocuments(read('deploy/kubernetes-reconcile.yaml')).map(document => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
  const [cronJob, policy] = documents;
  const job = cronJob.spec.jobTemplate.spec;
  const pod = job.template.spec;
  const [container] = pod.containers;
  const relays: Yaml[] = parseAllDocuments(read('deploy/kubernetes.yaml')).map(document => document.toJS());
  const relay = relays.find(({kind}) => kind === 'Deployment').spec.template.spec;

  test('is in the namespace of the relay, with the same image and privileges', () => {
    expect(documents.map(({metadata}) => metadata.namespace)).toEqual(['port-reactor', 'port-reactor']);
    expect(container.image).toBe(IMAGE);
    expect(pod.securityContext).toEqual(relay.securityContext);
    expect(container.securityContext).toEqual(relay.containers[0].securityContext);
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(policy.spec.podSelector.matchLabels).toEqual(job.template.metadata.labels);
  });

  test('has as many partitions as the relay', () => {
    const partitions = (env: Yaml) => env.find(({name}: Yaml) => name === 'REACTOR_PARTITIONS').value;
    expect(partitions(container.env)).toBe(partitions(relay.containers[0].env));
  });

  test('runs once an hour, one at a time, without retries', () => {
    expect(cronJob.spec.schedule).toMatch(/^\d+ \* \* \* \*$/);
    expect(cronJob.spec.concurrencyPolicy).toBe('Forbid');
    expect([job.backoffLimit, pod.restartPolicy]).toEqual([0, 'Never']);
    expect(job.activeDeadlineSeconds).toBeLessThan(3600);
  });

  test('reads the variables of the command from its Secret', () => {
    const {secretRef} = container.envFrom[0];
    const [, text = ''] =
      /create secret generic port-reactor-reconcile([^`]*)```/.exec(read('docs/reconcile.md')) ?? [];
    expect(secretRef.name).toBe('port-reactor-reconcile');
    const names = ['PORT_CLIENT_ID', 'PORT_CLIENT_SECRET', 'GITHUB_TOKEN', 'SLACK_WEBHOOK_URL'];
    expect(names.filter(name => !text.includes(`${name}=`))).toEqual([]);
  });
});

describe('cloud-run.yaml', () => {
  const service: Yaml = parse(read('deploy/cloud-run.yaml'));
  const {metadata, spec} = service.spec.template;
  const [container] = spec.containers;

  test('always allocates the CPU, and its copies share the budget', () => {
    const {annotations} = service.metadata;
    const {value} = container.env.find(({name}: Yaml) => name === 'REACTOR_MAX_DISPATCHES_PER_MINUTE');
    expect(metadata.annotations['run.googleapis.com/cpu-throttling']).toBe('false');
    expect(annotations['run.googleapis.com/scalingMode']).toBe('manual');
    expect(Number(annotations['run.googleapis.com/manualInstanceCount']) * Number(value)).toBe(BUDGET);
  });

  test('is open to Port, and probes the port of the relay', () => {
    expect(service.metadata.annotations).toMatchObject({
      'run.googleapis.com/ingress': 'all',
      'run.googleapis.com/invoker-iam-disabled': 'true',
    });
    const [{containerPort}] = container.ports;
    expect(container.startupProbe.httpGet).toEqual({path: '/readyz', port: containerPort});
    expect(container.livenessProbe.httpGet).toEqual({path: '/healthz', port: containerPort});
    expect(container.env.map(({name}: Yaml) => name)).not.toContain('PORT'); // reserved by Cloud Run
  });

  test('gives webhooks and the shutdown of a copy enough time', () => {
    expect(spec.timeoutSeconds).toBeGreaterThan(CLOSING_SECONDS);
    // https://cloud.google.com/run/docs/container-contract: ten seconds after SIGTERM, which cannot be changed.
    expect(ANSWERED_SECONDS).toBeLessThan(10);
    // https://cloud.google.com/run/docs/configuring/healthchecks
    expect(container.startupProbe.periodSeconds * container.startupProbe.failureThreshold).toBeLessThanOrEqual(240);
  });

  test('uses the secrets that docs/deploy.md creates', () => {
    const secrets = container.env.flatMap(({valueFrom}: Yaml) => valueFrom?.secretKeyRef.name ?? []);
    expect(secrets).toHaveLength(2);
    for (const secret of secrets) expect(DOCS).toContain(`gcloud secrets create ${secret} `);
  });
});

describe.each<[string, Record<string, string>]>([
  ['kubernetes.yaml', envIn(parseAllDocuments(read('deploy/kubernetes.yaml')).map(document => document.toJS()))],
  ['cloud-run.yaml', envIn([parse(read('deploy/cloud-run.yaml'))])],
  [
    'fly.toml',
    Object.fromEntries([...read('deploy/fly.toml').matchAll(/^ {2}(REACTOR_\w+) = '(.*?)'/gm)].map(m => m.slice(1))),
  ],
])('%s', (_, env) => {
  test('has enough budget for every partition, and sets the number of partitions for all copies', () => {
    expect(Object.keys(env)).toEqual(
      expect.arrayContaining(['REACTOR_PARTITIONS', 'REACTOR_MAX_DISPATCHES_PER_MINUTE']),
    );
    expect(() => readConfig({...REQUIRED, ...env})).not.toThrow();
  });
});

/** The settings of the relay among the variables of the first container. */
function envIn(documents: Yaml[]): Record<string, string> {
  const {containers} = documents.find(({spec}) => spec?.template?.spec.containers !== undefined).spec.template.spec;
  const ours = containers[0].env.filter(({name}: Yaml) => name.startsWith('REACTOR_'));
  return Object.fromEntries(ours.map(({name, value}: Yaml) => [name, value]));
}

describe('fly.toml', () => {
  const toml = read('deploy/fly.toml');
  const value = (key: string) => new RegExp(`^\\s*${key} = '?([^'\\n#]+?)'?\\s*(?:#.*)?$`, 'm').exec(toml)?.[1];

  test('stops a machine with the signal of the relay, and waits long enough', () => {
    expect(value('kill_signal')).toBe('SIGTERM');
    expect(Number(value('kill_timeout'))).toBeGreaterThan(CLOSING_SECONDS);
  });

  test('never stops a machine, and has two that share the budget', () => {
    expect([value('auto_stop_machines'), value('auto_start_machines')]).toEqual(['off', 'false']);
    const [, machines] = /fly scale count (\d+)/.exec(DOCS) ?? [];
    expect(Number(machines) * Number(value('REACTOR_MAX_DISPATCHES_PER_MINUTE'))).toBe(BUDGET);
  });

  test('probes the port that the relay listens on, and routes by /healthz', () => {
    expect([...toml.matchAll(/port = (\d+)/g)].map(([, port]) => Number(port))).toEqual([3000, 3000, 3000]);
    expect(DEFAULTS.port).toBe(3000);
    const [, routing = ''] = /\[\[http_service\.checks]]([^[]*)/.exec(toml) ?? [];
    const [, watching = ''] = /\[checks\.ready]([^[]*)/.exec(toml) ?? [];
    expect([routing, watching].map(check => /path = '(.*)'/.exec(check)?.[1])).toEqual(['/healthz', '/readyz']);
  });
});

describe('lambda', () => {
  const template: Yaml = parse(read('deploy/lambda/template.yaml'));
  const relay = template.Resources.Relay.Properties;
  const dockerfile = read('deploy/lambda/Dockerfile');

  test('gives the relay enough time to answer before Lambda ends it', () => {
    expect(relay.Timeout).toBeGreaterThan(CLOSING_SECONDS);
  });

  test('reserves copies that share the budget', () => {
    const {Variables} = relay.Environment;
    expect(relay.ReservedConcurrentExecutions * Number(Variables.REACTOR_MAX_DISPATCHES_PER_MINUTE)).toBe(BUDGET);
  });

  test('sets all required settings of the relay', () => {
    const env = Object.fromEntries(
      Object.entries(relay.Environment.Variables).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : 'acme/operations',
      ]),
    );
    expect(() => readConfig(env)).not.toThrow();
  });

  test('connects the adapter to the port that the relay listens on', () => {
    const setting = (name: string) => new RegExp(`${name}=(\\S+)`).exec(dockerfile)?.[1];
    expect(Number(setting('AWS_LWA_PORT'))).toBe(DEFAULTS.port);
    expect(setting('AWS_LWA_READINESS_CHECK_PATH')).toBe('/healthz');
    expect(relay.FunctionUrlConfig).toEqual({AuthType: 'NONE', InvokeMode: 'BUFFERED'});
  });

  test('reads the rules from the file that is copied into the image', () => {
    const [, source, target] = /^COPY (\S+port-reactor\.yml) (\S+)$/m.exec(dockerfile) ?? [];
    const [, rules] = /REACTOR_RULES=(\S+)/.exec(dockerfile) ?? [];
    expect(readConfig(REQUIRED).rules).toEqual({kind: 'repository', path: source});
    expect(readConfig({...REQUIRED, REACTOR_RULES: rules}).rules).toEqual({kind: 'file', path: target});
  });

  test('uses every parameter, and docs/deploy.md sets exactly the required ones', () => {
    const used = [...JSON.stringify(template).matchAll(/"Ref":"(\w+)"|\$\{(\w+)}/g)].map(([, ref, sub]) => ref ?? sub);
    const parameters = Object.keys(template.Parameters);
    expect(parameters.filter(name => !used.includes(name))).toEqual([]);
    const [, overrides = ''] = /--parameter-overrides (.*)/.exec(DOCS) ?? [];
    const given = [...overrides.matchAll(/(\w+)=/g)].map(([, name]) => name);
    const required = parameters.filter(name => template.Parameters[name].Default === undefined);
    expect(given.toSorted()).toEqual(required.toSorted());
  });
});

describe('docs/deploy.md', () => {
  test('has links to existing targets', () => {
    const links = [...DOCS.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = '']) => link);
    const anchors = [...DOCS.matchAll(/^#+ (.*)$/gm)].map(
      ([, title = '']) =>
        `#${title
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replaceAll(' ', '-')}`,
    );
    const hasTarget = (link: string) =>
      link.startsWith('#') ? anchors.includes(link) : existsSync(join(ROOT, 'docs', link.replace(/#.*/, '')));
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter(link => !hasTarget(link))).toEqual([]);
  });

  test('names every file in deploy/', () => {
    const isNamed = (path: string) => DOCS.includes(path) || DOCS.includes(path.replace(/\/[^/]+$/, ')'));
    // The chart is named by its folder.
    const inChart = (path: string) => path.startsWith('deploy/helm/port-reactor-relay/');
    expect(DEPLOY_FILES.filter(path => !isNamed(path) && !inChart(path))).toEqual([]);
  });
});
