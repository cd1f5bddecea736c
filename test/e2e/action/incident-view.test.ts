/** Incidents in Port end to end: the built action against local servers for GitHub, Port and Slack. */
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {incidentBlueprint} from '../../../src/incident-view/incident-blueprint.ts';
import type {Incident} from '../../../src/memory/format/format.ts';
import {shardOf} from '../../../src/memory/format/keys.ts';
import {parseMemory} from '../../../src/memory/format/parse.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {runAction} from '../../helpers/processes/run-action.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../../helpers/servers/memory-github.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';
import {type SlackServer, startSlackServer} from '../../helpers/servers/slack-server.ts';
import {aChange, type ChangeOptions} from '../../helpers/values/a-change.ts';

const RULES = `version: 1
incidents: {blueprint: portReactorIncident}
rules:
  - {name: degraded, blueprint: service, property: health, to: Degraded, notify: {repeat: 1m}}
`;

let github: MemoryGitHub;
let port: PortServer;
let slack: SlackServer;
beforeEach(async () => {
  [github, port, slack] = await Promise.all([startMemoryGitHub('acme/ops'), startPortServer(), startSlackServer()]);
  const blueprint = incidentBlueprint(parseRules(RULES, 'rules.yml'));
  port.blueprints.set('portReactorIncident', {...blueprint});
  port.entities.set('service/checkout', {});
});
afterEach(() => Promise.all([github.close(), port.close(), slack.close()]));

let runs = 0;
function react(changes: readonly object[]) {
  const [change] = changes as {blueprint: string; entity: string}[];
  const inputs = {
    memory: 'on',
    'slack-webhook-url': slack.webhook(),
    'port-client-id': port.credentials.clientId,
    'port-client-secret': port.credentials.clientSecret,
    'port-api-url': port.url,
  };
  return runAction({
    rules: RULES,
    event: {
      client_payload: {version: 1, title: '', partition: change ? shardOf(change) % 4 : 0, partitions: 4, changes},
    },
    inputs,
    env: {GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: github.graphqlUrl, GITHUB_RUN_ID: String(++runs + 100)},
  });
}

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const changeOf = (options: ChangeOptions) =>
  aChange({blueprint: 'service', entity: 'checkout', property: 'health', from: 'Healthy', to: 'Degraded', ...options});

const bulks = () => port.requests.filter(({path}) => path.endsWith('/entities/bulk'));

function remembered(): Incident {
  const shard = shardOf({blueprint: 'service', entity: 'checkout'});
  const parsed = parseMemory(github.text(shard) ?? '', shard);
  if (parsed.kind !== 'memory' || parsed.memory.incidents[0] === undefined) throw new Error('there is no incident');
  return parsed.memory.incidents[0];
}

/** Moves the start of the incident back by these seconds. */
function moveStartBack(seconds: number): void {
  const {since} = remembered();
  const shard = shardOf({blueprint: 'service', entity: 'checkout'});
  github.put(shard, github.text(shard)?.replaceAll(`${since}`, `${since - seconds}`));
}

const shown = (id: string) => port.entities.get(`portReactorIncident/${id}`);

/** The change that Port reports when a person edits the entity of the incident. */
function edit(
  property: string,
  from: unknown,
  to: unknown,
  by: object = {userId: 'auth0|1', email: 'jane@example.com'},
) {
  const {id} = remembered();
  const properties = {subjectBlueprint: 'service', subjectEntity: 'checkout'};
  return aChange({blueprint: 'portReactorIncident', entity: id, property, from, to, properties, by, at: ago(0)});
}

describe('incidents are written to Port', () => {
  test('in one call when an incident opens, and one when it recovers', async () => {
    const opened = await react([changeOf({at: ago(2)})]);
    expect([opened.exitCode, opened.stderr]).toEqual([0, '']);
    const {id} = remembered();
    expect(shown(id)).toMatchObject({
      title: 'degraded: Notification Service Production',
      properties: {state: 'open', attempts: 0, acknowledged: false, links: [expect.stringContaining('/actions/runs/')]},
      relations: {service: 'checkout'},
    });
    await react([changeOf({at: ago(1), from: 'Degraded', to: 'Healthy'})]);
    expect(shown(id)).toMatchObject({properties: {state: 'closed', closedAt: expect.any(String)}});
    expect(bulks().map(({url}) => url)).toEqual(
      Array(2).fill('/v1/blueprints/portReactorIncident/entities/bulk?upsert=true&merge=true'),
    );
  });

  test('in calls of at most 20 incidents', async () => {
    const names = Array.from({length: 400}, (_, n) => `e${n}`).filter(
      entity => shardOf({blueprint: 'service', entity}) === 3,
    );
    const entities = names.slice(0, 25);
    for (const entity of entities) port.entities.set(`service/${entity}`, {});
    await react(entities.map((entity, n) => changeOf({entity, runId: `r_${n}`, at: ago(1)})));
    expect(bulks().map(({json}) => (json as {entities: object[]}).entities.length)).toEqual([20, 5]);
  });

  test.each([
    ['Port is down', () => port.replyNext('POST /v1/blueprints/portReactorIncident', {status: 503})],
    ['the blueprint is missing', () => port.blueprints.clear()],
    ['Port refuses one of them', () => port.entities.clear()],
  ])('without failing the step if %s, and the summary has a remark', async (_, prepare) => {
    prepare();
    const {exitCode, log} = await react([changeOf({at: ago(2)})]);
    expect(exitCode).toBe(0);
    expect(remembered().state).toBe('open');
    if (_ === 'Port is down') return; // the call was repeated
    expect(JSON.stringify(log.commands.filter(({name}) => name === 'warning'))).toMatch(
      /Incidents could not be updated in Port: .*init --incidents/,
    );
  });
});

describe('a person in Port', () => {
  beforeEach(async () => {
    await react([changeOf({at: ago(0.5)})]);
  });

  test('acknowledges an incident, and ends the acknowledgement', async () => {
    expect((await react([edit('acknowledged', false, true)])).exitCode).toBe(0);
    expect(remembered().ack).toMatchObject({by: 'jane@example.com'});
    expect(shown(remembered().id)).toMatchObject({
      properties: {acknowledged: true, acknowledgedBy: 'jane@example.com'},
    });
    await react([edit('acknowledged', true, false)]);
    expect(remembered().ack?.until).toBeLessThanOrEqual(Date.now() / 1000);
  });

  test('silences an incident until `silencedUntil`', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await react([edit('silencedUntil', null, until)]);
    expect(remembered().silence).toMatchObject({until: Math.floor(Date.parse(until) / 1000)});
  });

  test('is not assumed for our own writes, which are ignored without a call to GitHub', async () => {
    const before = github.requests.length;
    await react([edit('acknowledged', false, true, {userId: port.credentials.clientId})]);
    expect(remembered().ack).toBeUndefined();
    expect(github.requests.length).toBe(before);
  });

  test('gets a note if the memory does not have the incident, and the step passes', async () => {
    const {exitCode, stdout} = await react([{...edit('acknowledged', false, true), entity: 'AAAAAA'}]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'AAAAAA: acknowledge, requested by jane@example.com in Port: the memory does not have this incident',
    );
  });
});

test.each([
  ['of the subject', {subjectBlueprint: 'service', subjectEntity: 'checkout'}],
  ['without properties', undefined],
])('an expired timer %s runs the clock, which sends the reminder', async (_, properties) => {
  await react([changeOf({at: ago(0.2)})]);
  moveStartBack(600);
  const before = slack.messages.length;
  const after = properties === undefined ? null : {properties, relations: {}};
  const {id} = remembered();
  const timer = {action: 'TIMER_EXPIRED', timer: 'due', by: {byPort: true}, before: null, after} as const;
  const {exitCode} = await react([aChange({blueprint: 'portReactorIncident', entity: id, at: ago(0), ...timer})]);
  expect(exitCode).toBe(0);
  expect(slack.messages).toHaveLength(before + 1);
  expect(remembered().reminded).toBe(1);
});
