import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {ConfigError, NetworkError} from '../../../src/base/errors.ts';
import {type InitOptions, init} from '../../../src/cli/init/command.ts';
import type {SetupReport} from '../../../src/cli/init/setup-report.ts';
import {UsageError} from '../../../src/cli/shared/usage.ts';
import {DEFAULT_RULES} from '../../../src/rules/default-path.ts';
import {aCliWorld, type TestWorld} from '../../helpers/processes/cli-world.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';

const RULES = `
version: 1
rules:
  - name: health-changed
    blueprint: deploymentConfig
    property: healthStatus
    notify: true
  - name: database-cpu-high
    blueprint: database
    property: cpuUtil
    above: 80
    notify: true
`;
const DATABASE = {
  identifier: 'database',
  title: 'Database',
  schema: {properties: {cpuUtil: {type: 'number'}}, required: []},
};
const RELAY = 'https://relay.example.com';

let port: PortServer;
let world: TestWorld;

beforeEach(async () => {
  port = await startPortServer();
  port.blueprints.set('database', DATABASE);
  world = worldWith(RULES);
});
afterEach(async () => {
  await port.close();
  world.remove();
});

function worldWith(rules: string, env: object = {}): TestWorld {
  const {clientId: PORT_CLIENT_ID, clientSecret: PORT_CLIENT_SECRET, apiUrl: PORT_API_URL} = port.credentials;
  return aCliWorld({
    env: {PORT_CLIENT_ID, PORT_CLIENT_SECRET, PORT_API_URL, ...env},
    files: {[DEFAULT_RULES]: rules},
  });
}

/** The outcomes of the steps, as `created automation port_reactor_database`. */
async function run(options: Partial<InitOptions> = {}): Promise<string[]> {
  world.clear();
  await init({relay: RELAY, rules: DEFAULT_RULES, json: true, ...options}, world);
  return report().steps.map(({outcome, kind, name}) => `${outcome} ${kind} ${name}`);
}

function report(): SetupReport {
  return JSON.parse(world.output) as SetupReport;
}

const ALL = [
  'blueprint deploymentConfig',
  'entity deploymentConfig/notification-service-prod',
  'automation port_reactor_deploymentConfig',
  'automation port_reactor_database',
];
const all = (outcome: string) => ALL.map(step => `${outcome} ${step}`);

describe('init', () => {
  test('sets up an organization, and a second run changes nothing', async () => {
    await expect(run({example: true})).resolves.toEqual(all('created'));
    expect(port.actions.get('port_reactor_database')).toMatchObject({
      trigger: {event: {type: 'ANY_ENTITY_CHANGE', blueprintIdentifier: 'database'}},
      invocationMethod: {url: 'https://relay.example.com/webhooks/port'},
      publish: true,
    });
    const before = structuredClone([port.blueprints, port.entities, port.actions]);
    await expect(run({example: true})).resolves.toEqual(all('unchanged'));
    expect([port.blueprints, port.entities, port.actions]).toEqual(before);
    expect(world.exitCode).toBe(0);
  });

  test('with --dry-run only reads', async () => {
    await expect(run({example: true, dryRun: true})).resolves.toEqual(all('would create'));
    expect(port.calls.filter(call => !call.startsWith('GET '))).toEqual([]);
    expect(report().dryRun).toBe(true);
    expect(world.exitCode).toBe(0);
  });

  test('updates its automations if the URL of the relay or the rules change, and shows the differences', async () => {
    await run({example: true});
    const moved = await run({relay: 'https://new.example.com/webhooks/port/', example: true});
    expect(moved.slice(2)).toEqual(ALL.slice(2).map(step => `updated ${step}`));
    expect(report().steps[2]?.details).toEqual([
      'invocationMethod.url: "https://relay.example.com/webhooks/port" → "https://new.example.com/webhooks/port"',
    ]);
    await expect(run({relay: 'https://new.example.com', example: true})).resolves.toEqual(all('unchanged'));
  });

  test('updates an automation of an older version, whose condition holds back the end of an incident', async () => {
    await run();
    const made = port.actions.get('port_reactor_database') as {trigger: {condition?: {expressions: string[]}}};
    const current = made.trigger.condition?.expressions ?? [];
    const old = ['.diff.after.properties.cpuUtil >= 80 and ((.diff.before.properties.cpuUtil >= 80) | not)'];
    const trigger = {...made.trigger, condition: {type: 'JQ', expressions: old, combinator: 'and'}};
    port.actions.set('port_reactor_database', {...made, trigger});
    await expect(run({dryRun: true})).resolves.toContain('would update automation port_reactor_database');
    await expect(run()).resolves.toContain('updated automation port_reactor_database');
    expect(JSON.stringify(report())).toContain('condition');
    expect(port.actions.get('port_reactor_database')).toMatchObject({trigger: {condition: {expressions: current}}});
    expect(current.join()).toMatch(/before/);
    await expect(run()).resolves.toContain('unchanged automation port_reactor_database');
  });

  test('does not change an automation that it did not create, and reports a conflict', async () => {
    await run({example: true});
    const own = {...port.actions.get('port_reactor_database'), description: 'Mine', title: 'Mine'};
    port.actions.set('port_reactor_database', own);
    const outcomes = await run();
    expect(outcomes).toContain('conflict automation port_reactor_database');
    expect(port.actions.get('port_reactor_database')).toEqual(own);
    expect(world.exitCode).toBe(1);
  });

  test('never changes the blueprint and the entity of the example if they exist', async () => {
    await run({example: true});
    port.entities.set('deploymentConfig/notification-service-prod', {properties: {healthStatus: 'Crashed'}});
    const [, entity] = await run({example: true});
    expect(entity).toBe('kept entity deploymentConfig/notification-service-prod');
    expect(world.exitCode).toBe(0);
  });

  test('continues if a blueprint is missing', async () => {
    await expect(run()).resolves.toEqual([
      'failed automation port_reactor_deploymentConfig',
      'created automation port_reactor_database',
    ]);
    expect(report().steps[0]?.details[0]).toContain('--example');
    expect(world.exitCode).toBe(1);
  });

  test('continues if Port refuses a step', async () => {
    port.replyNext('POST /v1/actions', {status: 422, body: {error: 'invalid_request', message: 'body/x'}});
    await expect(run({example: true})).resolves.toEqual([
      ...all('created').slice(0, 2),
      'failed automation port_reactor_deploymentConfig',
      'created automation port_reactor_database',
    ]);
    expect(report().steps[2]?.details[0]).toMatch(/Port answered 422 to POST \/v1\/actions \(invalid_request, body\/x/);
  });

  test('warns about a private relay, which Port refuses', async () => {
    const outcomes = await run({relay: 'http://localhost:3000'});
    expect(report().warnings[0]).toContain('WEBHOOK_PROXY_URL');
    expect(outcomes).toContain('failed automation port_reactor_database');
    expect(report().steps[1]?.details[0]).toContain('private_destination');
  });

  test('passes a smee channel to Port unchanged', async () => {
    await run({relay: 'https://smee.io/aBcD'});
    expect(port.actions.get('port_reactor_database')).toMatchObject({invocationMethod: {url: 'https://smee.io/aBcD'}});
  });

  test('creates an automation for each timer', async () => {
    world.remove();
    world = worldWith(
      '{version: 1, rules: [{name: r, blueprint: database, on: timer-expired, property: ttl, notify: true}]}',
    );
    await expect(run()).resolves.toEqual(['created automation port_reactor_database:ttl']);
    expect(report().warnings).toEqual([expect.stringContaining('Blueprint database has no property "ttl"')]);
  });

  test('prints what it did and what is left to do', async () => {
    await init({relay: RELAY, rules: DEFAULT_RULES, example: true}, world);
    expect(world.output).toMatch(/created {7}automation port_reactor_database/);
    expect(world.output).toContain('gh secret set SLACK_WEBHOOK_URL');
    expect(world.output).toContain(`dist/cli/index.js send --relay ${RELAY} --entity notification-service-prod`);
    expect(world.output).not.toContain(port.credentials.clientSecret);
  });
});

describe('an automation that the rules no longer need', () => {
  const webhook = (url: string) => ({type: 'WEBHOOK', url});
  const automation = (identifier: string, blueprint: string, keys: object = {}) => ({
    identifier,
    trigger: {type: 'automation', event: {type: 'ANY_ENTITY_CHANGE', blueprintIdentifier: blueprint}},
    invocationMethod: webhook(`${RELAY}/webhooks/port`),
    publish: true,
    ...keys,
  });
  const OURS = {description: 'Managed by port-reactor init from the rules in GitHub'};
  const set = (made: {identifier: string}) => port.actions.set(made.identifier, made);

  beforeEach(async () => {
    world.remove();
    world = worldWith(
      '{version: 1, rules: [{name: r, blueprint: database, property: cpuUtil, above: 1, notify: true}]}',
    );
  });

  test('is reported as a copy if the rules need the original', async () => {
    set(automation('port_reactor_database_copy', 'database', OURS));
    await run();
    expect(report().steps[1]?.details).toEqual([
      'it is a copy of port_reactor_database. Each change arrives twice, as two automation runs. Run init with --prune to remove it',
    ]);
    await expect(run({prune: true})).resolves.toContain('removed automation port_reactor_database_copy');
  });

  test('is named and kept, unless --prune is set', async () => {
    set(automation('port_reactor_service', 'service', OURS));
    const left = 'left behind automation port_reactor_service';
    await expect(run()).resolves.toEqual(['created automation port_reactor_database', left]);
    expect(report().steps[1]?.details).toEqual([expect.stringMatching(/^no rule uses blueprint service.*--prune/)]);
    expect(world.exitCode).toBe(0);
    await expect(run({prune: true, dryRun: true})).resolves.toContain('would remove automation port_reactor_service');
    expect(port.actions.has('port_reactor_service')).toBe(true);
    await expect(run({prune: true})).resolves.toContain('removed automation port_reactor_service');
    expect([...port.actions.keys()]).toEqual(['port_reactor_database']);
    await expect(run({prune: true})).resolves.toEqual(['unchanged automation port_reactor_database']);
  });

  test('can be a timer', async () => {
    const event = {type: 'TIMER_PROPERTY_EXPIRED', blueprintIdentifier: 'database', propertyIdentifier: 'ttl'};
    set(automation('port_reactor_database:ttl', 'database', {...OURS, trigger: {type: 'automation', event}}));
    await expect(run()).resolves.toContain('left behind automation port_reactor_database:ttl');
  });

  test.each<[string, object]>([
    ['posts to another relay', {...OURS, invocationMethod: webhook('https://other.example.com/webhooks/port')}],
    ['init did not make', {}],
  ])('is not one that %s', async (_, keys) => {
    set(automation('port_reactor_service', 'service', keys));
    await expect(run({prune: true})).resolves.toEqual(['created automation port_reactor_database']);
    expect(port.actions.has('port_reactor_service')).toBe(true);
  });

  test('has a warning, and is kept, if it posts the same changes', async () => {
    set(automation('by_hand', 'database', {invocationMethod: webhook(`${RELAY}/webhooks/port/`)}));
    await run({prune: true});
    expect(report().warnings).toEqual([
      expect.stringMatching(
        /^The automation by_hand also posts changes of database to this relay\. Each change arrives twice/,
      ),
    ]);
    expect(port.actions.has('by_hand')).toBe(true);
  });

  test.each<[string, object]>([
    ['is switched off', {publish: false}],
    ['posts elsewhere', {invocationMethod: webhook('https://elsewhere.example.com')}],
    ['is not a webhook', {invocationMethod: {type: 'KAFKA'}}],
  ])('has no warning if it %s', async (_, keys) => {
    set(automation('by_hand', 'database', keys));
    await run();
    expect(report().warnings).toEqual([]);
  });

  test('is not checked if Port does not list its automations, with a warning', async () => {
    port.replyNext('GET /v1/actions?', {status: 403, body: {error: 'missing_permissions'}});
    await expect(run()).resolves.toEqual(['created automation port_reactor_database']);
    expect(report().warnings).toEqual([expect.stringContaining('init did not check what else posts to the relay')]);
  });
});

describe('init refuses to start', () => {
  test('with all missing settings in the error', async () => {
    world.remove();
    world = aCliWorld();
    const started = init({rules: 'rules.yml'}, world);
    await expect(started).rejects.toThrow(UsageError);
    await expect(started).rejects.toThrow(/--relay.*\n.*PORT_CLIENT_ID.*\n.*PORT_CLIENT_SECRET.*\n.*rules\.yml/);
  });

  test('with mistakes in the rules', async () => {
    world.remove();
    world = worldWith('version: 1\nrules:\n  - name: x\n    blueprnt: y\n    notify: true\n');
    const started = run();
    await expect(started).rejects.toThrow(ConfigError);
    await expect(started).rejects.toThrow(/port-reactor\.yml:4:5: .*Did you mean "blueprint"/);
    expect(port.requests).toHaveLength(0);
  });

  test('with credentials that Port does not know', async () => {
    world.remove();
    world = worldWith(RULES, {PORT_CLIENT_SECRET: 'wrong'});
    await expect(run()).rejects.toThrow(/401.*PORT_CLIENT_ID and PORT_CLIENT_SECRET.*EU: https:\/\/api\.port\.io/);
  });

  test('if Port cannot be reached', async () => {
    world.remove();
    world = worldWith(RULES, {PORT_API_URL: 'http://127.0.0.1:9'});
    await expect(run()).rejects.toThrow(NetworkError);
  });
});

describe('--incidents', () => {
  const SHOWN = `${RULES}incidents: {blueprint: portReactorIncident}\n`;
  const ANSWERS = 'automation port_reactor_incidents:portReactorIncident';
  const TIMER = 'automation port_reactor_portReactorIncident:due';

  beforeEach(() => {
    port.blueprints.set('deploymentConfig', {identifier: 'deploymentConfig', schema: {properties: {healthStatus: {}}}});
    world.remove();
    world = worldWith(SHOWN);
  });

  test('creates the blueprint and the automations for commands and the timer, and a second run changes nothing', async () => {
    expect(await run({incidents: true})).toEqual(
      expect.arrayContaining(['created blueprint portReactorIncident', `created ${ANSWERS}`, `created ${TIMER}`]),
    );
    expect(port.blueprints.get('portReactorIncident')).toMatchObject({
      schema: {properties: {due: {format: 'timer'}, acknowledged: {type: 'boolean'}}},
      relations: {database: {target: 'database', required: false}},
    });
    expect(port.actions.get('port_reactor_incidents:portReactorIncident')).toMatchObject({
      trigger: {
        event: {type: 'ENTITY_UPDATED', blueprintIdentifier: 'portReactorIncident'},
        condition: {
          expressions: [
            '.diff.before.properties.acknowledged != .diff.after.properties.acknowledged',
            '.diff.before.properties.silencedUntil != .diff.after.properties.silencedUntil',
          ],
        },
      },
    });
    const again = await run({incidents: true});
    expect(again.filter(step => !step.startsWith('unchanged'))).toEqual([]);
  });

  test('never changes a blueprint of the user with this name, and names what is missing', async () => {
    const own = {identifier: 'portReactorIncident', title: 'Mine', schema: {properties: {state: {type: 'string'}}}};
    port.blueprints.set('portReactorIncident', own);
    expect(await run({incidents: true})).toContain('conflict blueprint portReactorIncident');
    expect(
      report()
        .steps.find(({outcome}) => outcome === 'conflict')
        ?.details.join(),
    ).toMatch(/This one lacks the property acknowledged, .*the relation database/);
    expect(port.blueprints.get('portReactorIncident')).toEqual(own);
    expect(world.exitCode).toBe(1);
  });

  test('if it is not set, the missing blueprint is named with the fix', async () => {
    expect(await run()).toContain(`failed ${ANSWERS}`);
    expect(world.output).toContain('with --incidents, init creates');
  });

  test('is a mistake without `incidents` in the rules', async () => {
    world.remove();
    world = worldWith(RULES);
    await expect(run({incidents: true})).rejects.toThrow('--incidents requires a blueprint in the rules');
  });
});

test.each<Partial<InitOptions>>([{}, {json: false}, {dryRun: true}, {json: false, dryRun: true}])(
  'the credentials in the URL of the relay are not shown, even if the URL changes: %j',
  async options => {
    const show = async (relay: string) => {
      await init({relay, rules: DEFAULT_RULES, json: true, ...options}, world);
    };
    await show('https://admin:S3cretPw@relay.example.com');
    await init({relay: 'https://admin:S3cretPw@relay.example.com', rules: DEFAULT_RULES}, world);
    await show('https://admin:0therPw@relay.example.com');
    expect(world.output).toContain('https://***@relay.example.com/webhooks/port');
    expect(world.output).not.toMatch(/S3cretPw|0therPw|admin/);
    await expect(show('relay://admin:S3cretPw@x')).rejects.not.toThrow('S3cretPw');
  },
);
