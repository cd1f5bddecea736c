/** The Helm chart, checked with `helm lint` and `helm template`: it renders deploy/kubernetes.yaml, and the relay accepts it. */
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {parse, parseAllDocuments} from 'yaml';
import {readConfig} from '../../../relay/config/config.ts';
import {paceProblem, paceWarning} from '../../../relay/config/pace.ts';

const ROOT = join(import.meta.dirname, '../../..');
const CHART = 'deploy/helm/port-reactor-relay';
const NAME = 'port-reactor-relay';
const hasHelm = spawnSync('helm', ['version', '--short']).status === 0;
const hasValidator = spawnSync('kubernetes-validate', ['--help']).status === 0;
const whenHelm = hasHelm ? describe : describe.skip;
const skipped = hasHelm ? '' : ' (skipped: helm is not installed)';

type Yaml = ReturnType<typeof parse>; // any content

function helm(...args: string[]) {
  return spawnSync('helm', args, {cwd: ROOT, encoding: 'utf8'});
}

function template(...values: string[]) {
  const sets = ['repository=acme/operations', ...values].flatMap(value => ['--set', value]);
  return helm('template', NAME, CHART, '--namespace', 'port-reactor', '--kube-version', '1.30.0', ...sets);
}

function render(...values: string[]): Yaml[] {
  const {stdout, stderr, status} = template(...values);
  if (status !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout).flatMap(document => document.toJS() ?? []);
}

const ofKind = (documents: Yaml[], kind: string): Yaml => documents.find(document => document.kind === kind);
const variablesOf = (documents: Yaml[]): Record<string, string> =>
  Object.fromEntries(
    ofKind(documents, 'Deployment').spec.template.spec.containers[0].env.map(({name, value}: Yaml) => [name, value]),
  );

whenHelm(`the Helm chart${skipped}`, () => {
  test('passes helm lint', () => {
    for (const values of [[], ['--set', 'repository=acme/operations']]) {
      const {stdout, status} = helm('lint', CHART, '--strict', ...values);
      expect(stdout).toContain('0 chart(s) failed');
      expect(status).toBe(0);
    }
  });

  test('renders the same as deploy/kubernetes.yaml', () => {
    const rendered = render('ingress.enabled=true', 'ingress.host=relay.example.com');
    const written: Yaml[] = parseAllDocuments(readFileSync(join(ROOT, 'deploy/kubernetes.yaml'), 'utf8'))
      .map(document => document.toJS())
      .filter(({kind}) => kind !== 'Namespace');
    expect(rendered.map(({kind}) => kind).toSorted()).toEqual(written.map(({kind}) => kind).toSorted());
    for (const document of written) {
      expect(comparable(ofKind(rendered, document.kind))).toEqual(comparable(document));
    }
  });

  test('renders the same monitor as deploy/kubernetes-monitor.yaml, without the annotations', () => {
    const rendered = render('serviceMonitor.enabled=true', 'serviceMonitor.labels.release=prometheus');
    const written = parse(readFileSync(join(ROOT, 'deploy/kubernetes-monitor.yaml'), 'utf8'));
    const monitor = ofKind(rendered, 'ServiceMonitor');
    expect(monitor.metadata.labels).toEqual({release: 'prometheus'});
    expect(comparable(monitor).spec).toEqual(comparable(written).spec);
    expect(ofKind(rendered, 'Deployment').spec.template.metadata.annotations).toBeUndefined();
  });

  test('renders the same as deploy/kubernetes-reconcile.yaml', () => {
    const ofReconcile = ({metadata}: Yaml) => metadata.name.endsWith('-reconcile');
    const rendered = render('reconcile.enabled=true').filter(ofReconcile);
    const written = parseAllDocuments(readFileSync(join(ROOT, 'deploy/kubernetes-reconcile.yaml'), 'utf8'));
    for (const document of written.map(one => one.toJS() as Yaml)) {
      const same = {...document.metadata, name: `${NAME}-reconcile`};
      const {labels, ...rest} = comparable({...document, metadata: same});
      expect(comparable(ofKind(rendered, document.kind))).toMatchObject({...rest, ...(labels && {labels})});
    }
    expect(rendered.map(({kind}) => kind).toSorted()).toEqual(['CronJob', 'NetworkPolicy']);
    expect(render().some(ofReconcile)).toBe(false);
  });

  test('gives reconcile the settings that it shares with the relay, and the credentials of its own Secret', () => {
    const settings = [
      'settings.GITHUB_APP_ID=7',
      'settings.PORT_CLIENT_ID=x',
      'settings.REACTOR_PARTITIONS=1',
      'replicas=3',
    ];
    const {containers} = ofKind(render('reconcile.enabled=true', ...settings), 'CronJob').spec.jobTemplate.spec.template
      .spec;
    const variables = Object.fromEntries(containers[0].env.map(({name, value}: Yaml) => [name, value]));
    expect(variables).toEqual({GITHUB_APP_ID: '7', GITHUB_REPOSITORY: 'acme/operations', REACTOR_PARTITIONS: '1'});
    expect(containers[0].envFrom).toEqual([{secretRef: {name: 'port-reactor-reconcile'}}]);
  });

  test.each([1, 2, 3, 4])('sets a rate for %d copies that the relay accepts without a warning', replicas => {
    const variables = variablesOf(render(`replicas=${replicas}`));
    const {partitions, dispatchesPerMinute, ackTimeoutMs} = configOf(variables);
    const pace = {partitions, dispatchesPerMinute, ackTimeoutMs};
    expect([paceProblem(pace), paceWarning(pace)]).toEqual([undefined, undefined]);
    expect(dispatchesPerMinute * replicas).toBeLessThanOrEqual(60);
  });

  test('accepts settings by the names of their variables, also as numbers', () => {
    const variables = variablesOf(render('settings.REACTOR_ACK_TIMEOUT_SECONDS=9', 'settings.LOG_LEVEL=warn'));
    expect(variables).toMatchObject({REACTOR_ACK_TIMEOUT_SECONDS: '9', LOG_LEVEL: 'warn'});
    expect(configOf(variables).ackTimeoutMs).toBe(9_000);
  });

  test('pins an image by its digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const [container] = ofKind(render(`image.digest=${digest}`), 'Deployment').spec.template.spec.containers;
    expect(container).toMatchObject({
      image: `ghcr.io/OWNER/port-reactor-relay@${digest}`,
      imagePullPolicy: 'IfNotPresent',
    });
  });

  test.each<[string, string[], RegExp]>([
    ['a missing repository', ['repository='], /repository/],
    ['a setting that the relay does not know', ['settings.REACTOR_PARTITION=2'], /REACTOR_PARTITION/],
    ['a secret among the settings', ['settings.GITHUB_TOKEN=x'], /GITHUB_TOKEN/],
    ['an unknown value', ['replica=2'], /replica/],
    ['five copies', ['replicas=5'], /maximum|less than or equal to 4/],
    ['an Ingress without a host', ['ingress.enabled=true'], /ingress\.host is required/],
    ['a missing Secret', ['existingSecret='], /existingSecret/],
    ['a missing Secret for reconcile', ['reconcile.enabled=true', 'reconcile.existingSecret='], /existingSecret/],
    ['an invalid schedule', ['reconcile.schedule=hourly'], /schedule/],
  ])('refuses %s', (_what, values, message) => {
    const {stderr, status} = template(...values);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
  });

  (hasValidator ? test : test.skip)(
    `renders manifests that the schemas of Kubernetes accept${hasValidator ? '' : ' (skipped: kubernetes-validate is not installed)'}`,
    () => {
      const {stdout} = template('ingress.enabled=true', 'ingress.host=relay.example.com', 'reconcile.enabled=true');
      const folder = mkdtempSync(join(tmpdir(), 'port-reactor-helm-'));
      try {
        writeFileSync(join(folder, 'rendered.yaml'), stdout);
        for (const version of ['1.30', '1.33']) {
          const args = ['--strict', '--kubernetes-version', version, join(folder, 'rendered.yaml')];
          const {status, stdout: report, stderr} = spawnSync('kubernetes-validate', args, {encoding: 'utf8'});
          expect({status, report: status === 0 ? '' : `${report}${stderr}`}).toEqual({status: 0, report: ''});
        }
      } finally {
        rmSync(folder, {recursive: true});
      }
    },
  );
});

function configOf(variables: Record<string, string>) {
  return readConfig({...variables, PORT_CLIENT_SECRET: 'secret', GITHUB_TOKEN: 'github_pat_1'});
}

/** The document without the label of the release, without the namespace that `helm install` sets, and with sorted variables. */
function comparable(document: Yaml): Yaml {
  const copy = JSON.parse(JSON.stringify(document), (key, value) => {
    if (key === 'app.kubernetes.io/instance') return undefined;
    if (key === 'env' && Array.isArray(value)) return value.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return value;
  });
  delete copy.metadata.namespace;
  return copy;
}
