import {describe, expect, test} from '@jest/globals';
import {type Automation, automationsFor} from '../../../src/cli/init/automation.ts';
import {EXAMPLE_BLUEPRINT, EXAMPLE_ENTITY} from '../../../src/cli/init/example.ts';
import {type Existing, type Found, planSetup} from '../../../src/cli/init/setup-plan.ts';
import type {PortObject} from '../../../src/clients/port.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';

const ABSENT: Found = {object: undefined};

const URL_ = 'https://relay.example.com/webhooks/port';

function automation(blueprint = 'service', url = URL_): Automation {
  const rules = [{name: 'r', blueprint, property: 'p', notify: true}];
  const [made] = automationsFor(parseRules(JSON.stringify({version: 1, rules}), 'rules.yml'), url);
  if (made === undefined) throw new Error('no automation');
  return made;
}

interface Options {
  readonly blueprints?: Readonly<Record<string, Found>>;
  readonly automations?: Readonly<Record<string, Found>>;
  readonly exampleEntity?: Found;
  readonly blueprintNames?: readonly string[];
}

function existing(options: Options = {}): Existing {
  const {blueprints = {service: {object: {}}}, automations = {port_reactor_service: ABSENT}, ...rest} = options;
  return {
    blueprintNames: [],
    ...rest,
    blueprints: new Map(Object.entries(blueprints)),
    automations: new Map(Object.entries(automations)),
  };
}

describe('an automation', () => {
  const wanted = {automations: [automation()], example: false, url: URL_};
  const planned = (object: PortObject) =>
    planSetup(wanted, existing({automations: {port_reactor_service: {object}}})).map(({kind, name, ...todo}) => todo);

  test('is created if it does not exist', () => {
    expect(planSetup(wanted, existing())).toEqual([
      {
        kind: 'automation',
        name: 'port_reactor_service',
        todo: 'create',
        body: automation(),
        blueprint: 'service',
        detail: expect.stringMatching(/^ANY_ENTITY_CHANGE if \.diff\.before/),
      },
    ]);
  });

  test('needs nothing if it has the wanted values and those that Port adds', () => {
    expect(planned({...automation(), id: 'action_1', createdAt: 'then', requiredApproval: false})).toEqual([
      {todo: 'nothing'},
    ]);
  });

  test('that init created is updated, and keeps what only users set', () => {
    const old = automation('service', 'https://old.example.com/webhooks/port');
    expect(planned({...old, icon: 'Bell', allowAnyoneToViewRuns: null, updatedAt: 'then'})).toEqual([
      {
        todo: 'update',
        body: {...automation(), icon: 'Bell'},
        differences: [
          'invocationMethod.url: "https://old.example.com/webhooks/port" → "https://relay.example.com/webhooks/port"',
        ],
      },
    ]);
  });

  test.each([undefined, null, 'Made by hand'])('with the description %j is not changed', description => {
    const [step] = planned({...automation(), description, publish: false});
    expect(step).toEqual({
      todo: 'conflict',
      reason: expect.stringMatching(/did not create the existing automation of this name, so it does not change it/),
    });
  });

  test('without its blueprint is not created, and the nearest name is suggested', () => {
    const [step] = planSetup(
      wanted,
      existing({blueprints: {service: ABSENT}, blueprintNames: ['microservice', 'Service']}),
    );
    expect(step).toMatchObject({
      todo: 'fail',
      reason:
        'Port has no blueprint "service". Did you mean "Service"? Create it (with --incidents, init creates the one of `incidents`), or fix the rules',
    });
  });

  test('of the missing blueprint of the guide suggests --example', () => {
    const steps = planSetup(
      {automations: [automation('deploymentConfig')], example: false, url: URL_},
      existing({blueprints: {deploymentConfig: ABSENT}}),
    );
    expect(steps[0]).toMatchObject({todo: 'fail', reason: expect.stringContaining('Run init with --example')});
  });

  test.each<[string, Options]>([
    ['the automation', {automations: {port_reactor_service: {error: 'Port answered 403'}}}],
    ['its blueprint', {blueprints: {service: {error: 'Port answered 403'}}}],
  ])('fails if Port refuses to return %s', (_, options) => {
    expect(planSetup(wanted, existing(options))[0]).toMatchObject({todo: 'fail', reason: 'Port answered 403'});
  });
});

describe('the example', () => {
  const wanted = {automations: [automation('deploymentConfig')], example: true, url: URL_};
  const planned = (blueprint: Found, exampleEntity: Found) =>
    planSetup(
      wanted,
      existing({
        blueprints: {deploymentConfig: blueprint},
        automations: {port_reactor_deploymentConfig: ABSENT},
        exampleEntity,
      }),
    );

  test('is created before the automation that needs it', () => {
    const steps = planned(ABSENT, ABSENT);
    expect(steps.map(({kind, name, todo}) => [kind, name, todo])).toEqual([
      ['blueprint', 'deploymentConfig', 'create'],
      ['entity', 'deploymentConfig/notification-service-prod', 'create'],
      ['automation', 'port_reactor_deploymentConfig', 'create'],
    ]);
  });

  test('needs nothing if it exists', () => {
    const steps = planned({object: {...EXAMPLE_BLUEPRINT, createdAt: 'then'}}, {object: EXAMPLE_ENTITY.properties});
    expect(steps.map(({todo}) => todo)).toEqual(['nothing', 'nothing', 'create']);
  });

  test('is not changed if it was edited', () => {
    const steps = planned(
      {object: {...EXAMPLE_BLUEPRINT, title: 'Mine'}},
      {object: {...EXAMPLE_ENTITY.properties, healthStatus: 'Crashed', cpuUtil: 90}},
    );
    expect(steps).toMatchObject([
      {todo: 'keep', reason: expect.stringMatching(/differs from the example in title\. init does not change it$/)},
      {todo: 'keep', reason: expect.stringMatching(/ in healthStatus, cpuUtil\. /)},
      {todo: 'create'},
    ]);
  });

  test('fails if Port refuses to return it', () => {
    const error = {error: 'Port answered 403'};
    expect(planned(error, error).map(({todo}) => todo)).toEqual(['fail', 'fail', 'fail']);
  });
});
