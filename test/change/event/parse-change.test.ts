/**
 * The bodies in test/fixtures/port are based on Port's published samples and docs. Port has published no real message of a CREATE,
 * a DELETE, a blueprint, a TIMER automation or the audit log, so these follow the rules that Port describes.
 */
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {PayloadError} from '../../../src/base/errors.ts';
import type {Change, Snapshot} from '../../../src/change/change.ts';
import {parseChange} from '../../../src/change/event/parse-change.ts';
import {decodeClientPayload} from '../../../src/change/payload/client-payload.ts';
import {bothSides} from '../../../src/change/reads.ts';
import {changedProperties} from '../../../src/change/transition.ts';
import {HOSTILE_NAMES, jsonValues} from '../../helpers/values/changes.ts';
import {encodeOne} from '../../helpers/values/encode-one.ts';
import {portBody, portBodyNames} from '../../helpers/values/fixtures.ts';
import {runs} from '../../helpers/values/runs.ts';

const RECEIVED_AT = '2026-11-23T10:00:00.000Z';
const CONTENT_ID = expect.stringMatching(/^[0-9a-f]{32}$/);

function parsed(body: unknown): Change {
  const result = parseChange(body, RECEIVED_AT);
  if (result.kind !== 'change') throw new Error(`not a change: ${result.reason}`);
  return result.change;
}

/** The entity of the guide in legacy messages. */
function guideEntity(healthStatus: string, cpuUtil: number): Snapshot {
  const links = {
    newRelicUrl: 'https://newrelic.com',
    sentryUrl: 'https://sentry.io/',
    prometheusUrl: 'https://prometheus.io',
  };
  return {properties: {healthStatus, cpuUtil, memoryUtil: 30, ...links, locked: false}, relations: {}};
}

/** The entity of the guide in current automations. */
function entity(healthStatus: string): Snapshot {
  return {
    properties: {healthStatus, cpuUtil: 25, newRelicUrl: null},
    relations: {service: 'notification-service', dependencies: ['mail', 'queue'], owner: null},
  };
}

const CHANGELOG_UPDATE = {
  id: CONTENT_ID,
  source: 'changelog',
  action: 'UPDATE',
  blueprint: 'deploymentConfig',
  entity: 'notification-service-prod',
  title: 'Notification Service Production',
  team: [],
  at: '2026-03-02T09:15:04.120Z',
  by: {userId: 'auth0|0123456789abcdef01234567'},
  origin: 'UI',
  before: guideEntity('Healthy', 25),
  after: guideEntity('Degraded', 25),
};

const AUTOMATION_UPDATE = {
  id: 'r_QOz6WoOB1Q2lmhZZ',
  runId: 'r_QOz6WoOB1Q2lmhZZ',
  source: 'automation',
  action: 'UPDATE',
  blueprint: 'deploymentConfig',
  entity: 'notification-service-prod',
  title: 'Notification Service Production',
  team: ['Payments', 'platform-on-call'],
  at: '2026-11-20T12:28:18.477Z',
  by: {userId: 'auth0|0123456789abcdef01234567'},
  origin: 'UI',
  before: entity('Healthy'),
  after: entity('Degraded'),
};

/** The complete template context, which contains the e-mail address of the person who triggered it. */
const WHOLE_UPDATE = {...AUTOMATION_UPDATE, by: {userId: 'auth0|0123456789abcdef01234567', email: 'ada@example.com'}};

const TIMER = {
  id: CONTENT_ID,
  source: 'changelog',
  action: 'TIMER_EXPIRED',
  blueprint: 'cluster',
  entity: 'preview-42',
  title: 'preview-42',
  team: [],
  at: '2026-03-02T11:15:04.120+02:00',
  by: {byPort: true},
  origin: 'API',
  before: null,
  after: null,
};

const CHANGES: Record<string, object> = {
  'changelog-update': CHANGELOG_UPDATE,
  'changelog-create': {
    ...CHANGELOG_UPDATE,
    action: 'CREATE',
    by: {userId: 'aBcDeFgHiJkLmNoPqRsTuVwXyZ012345'},
    origin: 'API',
    before: null,
    after: guideEntity('Healthy', 85),
  },
  'changelog-delete': {...CHANGELOG_UPDATE, action: 'DELETE', before: guideEntity('Crashed', 0), after: null},
  // The run in its context caused the change. The action must not report to it.
  'changelog-by-run': {
    ...CHANGELOG_UPDATE,
    by: {userId: 'aBcDeFgHiJkLmNoPqRsTuVwXyZ012345@clients'},
    origin: 'API',
    after: guideEntity('Restarting', 25),
  },
  'changelog-timer': TIMER,
  'timer-old': {...TIMER, timer: 'ttl'},
  'wrapped-changelog': CHANGELOG_UPDATE,
  'agent-changelog': CHANGELOG_UPDATE,
  'audit-update': {...CHANGELOG_UPDATE, origin: 'github-ocean'},
  'audit-timer': {...TIMER, at: '2026-03-02T09:15:04.120Z', timer: 'ttl'},
  'automation-update': AUTOMATION_UPDATE,
  'automation-create': {...AUTOMATION_UPDATE, action: 'CREATE', before: null, after: entity('Healthy')},
  'automation-delete': {...AUTOMATION_UPDATE, action: 'DELETE', before: entity('Crashed'), after: null},
  'automation-timer': {
    ...AUTOMATION_UPDATE,
    action: 'TIMER_EXPIRED',
    timer: 'ttl',
    before: null,
    after: {...entity(''), properties: {ttl: '2026-11-20T12:28:00.000Z'}},
  },
  'automation-event': AUTOMATION_UPDATE,
  'automation-whole': WHOLE_UPDATE,
  'automation-port': WHOLE_UPDATE,
  'automation-legacy-look': {...CHANGELOG_UPDATE, id: 'r_QOz6WoOB1Q2lmhZZ', runId: 'r_QOz6WoOB1Q2lmhZZ'},
  'agent-automation': AUTOMATION_UPDATE,
  'agent-automation-event': AUTOMATION_UPDATE,
  'agent-automation-port': AUTOMATION_UPDATE,
  'workflow-node': {
    ...AUTOMATION_UPDATE,
    id: 'wfnr_3hPq0LmXc7',
    runId: 'wfnr_3hPq0LmXc7',
    source: 'workflow',
    at: RECEIVED_AT,
    by: {},
    origin: '',
    after: entity('Crashed'),
  },
  'github-port-payload': WHOLE_UPDATE,
  'github-inputs': AUTOMATION_UPDATE,
};

const NOT_CHANGES: Record<string, string> = {
  'agent-run': 'an event about a run',
  'agent-run-untyped': "a run's message",
  'audit-run': 'an event about a run',
  'changelog-blueprint': 'an event about a blueprint',
  'changelog-run': 'an event about a run',
  'integration-resync': 'an event about an integration',
  'run-event': 'an event about a run',
  'run-event-untyped': 'an event about a run',
  'run-event-whole': 'an event about a run',
  'self-service': "a self-service action's payload",
  'self-service-github': "a self-service action's payload",
  'self-service-whole': "a self-service action's payload",
  'wrapped-run': 'an event about a run',
};

const NULL_HINT = 'but is null: Port replaces an invalid template path with null. Check the body of the automation.';

const REFUSED: Record<string, string> = {
  // The format of approval notifications is not documented, and they are not changes.
  approval: 'context: must be an object, but is missing',
  'automation-null-path': `event: must be an object, ${NULL_HINT}`,
};

describe('every shape of Port', () => {
  test.each(Object.entries(CHANGES))('%s is a change', (name, expected) => {
    expect(parseChange(portBody(name), RECEIVED_AT)).toStrictEqual({kind: 'change', change: expected});
  });

  test.each(Object.entries(NOT_CHANGES))('%s is not a change: %s', (name, reason) => {
    expect(parseChange(portBody(name), RECEIVED_AT)).toStrictEqual({
      kind: 'not-a-change',
      reason: `${reason}, not an entity change`,
    });
  });

  test('a failed attempt is not a change', () => {
    const body = {...(portBody('changelog-update') as object), status: 'FAILURE'};
    const reason = 'a failed attempt, not an entity change';
    expect(parseChange(body, RECEIVED_AT)).toStrictEqual({kind: 'not-a-change', reason});
  });

  test.each(Object.entries(REFUSED))('%s is refused: %s', (name, message) => {
    expect(() => parseChange(portBody(name), RECEIVED_AT)).toThrow(new PayloadError('', message));
  });

  test('is in one of these tables', () => {
    const known = [...Object.keys(CHANGES), ...Object.keys(NOT_CHANGES), ...Object.keys(REFUSED)];
    expect(portBodyNames().sort()).toEqual(known.sort());
  });

  test('drops everything that an agent inserts', () => {
    expect(JSON.stringify(parsed(portBody('agent-automation')))).not.toContain('Bearer');
  });

  test('a change has the same id from the changelog, through an agent, and from the audit log', () => {
    const ids = ['changelog-update', 'wrapped-changelog', 'agent-changelog', 'audit-update'].map(
      name => parsed(portBody(name)).id,
    );
    expect(new Set(ids).size).toBe(1);
  });
});

/** The flattened event of an automation, with parts replaced by path. */
function bodyWith(parts: Record<string, unknown>): unknown {
  const body = {
    action: 'UPDATE',
    resourceType: 'entity',
    trigger: {by: {userId: 'u'}, origin: 'UI', at: '2026-11-20T12:28:18.477Z'},
    context: {blueprintIdentifier: 'service', entityIdentifier: 'a'},
    diff: {before: {title: 'A', properties: {}, relations: {}}, after: {title: 'A', properties: {}, relations: {}}},
  };
  for (const [path, value] of Object.entries(parts)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const holder = names.reduce<Record<string, unknown>>((at, name) => at[name] as Record<string, unknown>, body);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return body;
}

describe('accepts null or missing parts', () => {
  const EMPTY = {properties: {}, relations: {}};
  test.each<{parts: Record<string, unknown>; expected: Partial<Change>}>([
    {parts: {'diff.before': null}, expected: {before: null, after: EMPTY}},
    {parts: {'diff.before': undefined}, expected: {before: null, after: EMPTY}},
    {parts: {action: 'DELETE', 'diff.after': undefined}, expected: {before: EMPTY, after: null}},
    {parts: {action: 'TIMER_EXPIRED', diff: null}, expected: {action: 'TIMER_EXPIRED', before: null, after: null}},
    {parts: {'diff.after.properties': null}, expected: {after: EMPTY}},
    {parts: {'diff.after.properties': undefined, 'diff.after.relations': undefined}, expected: {after: EMPTY}},
    {parts: {'diff.after.title': null}, expected: {title: 'A'}},
    {parts: {'diff.after.title': 'B'}, expected: {title: 'B'}},
    {parts: {'diff.after.title': '', 'diff.before.title': null}, expected: {title: 'a'}},
    {parts: {'diff.after.team': null, 'diff.before.team': ['x']}, expected: {team: ['x']}},
    {parts: {'diff.after.team': [], 'diff.before.team': ['x']}, expected: {team: []}},
    {parts: {'diff.after.team': 'payments'}, expected: {team: ['payments']}},
    {parts: {'diff.after.title': 'B'}, expected: {before: {title: 'A', ...EMPTY}, after: EMPTY}},
    {parts: {'diff.after.title': null}, expected: {before: EMPTY, after: {title: null, ...EMPTY}}},
    {
      parts: {'diff.before.team': ['x'], 'diff.after.team': ['y']},
      expected: {before: {team: ['x'], ...EMPTY}, after: EMPTY},
    },
    {parts: {'diff.before.team': 'x', 'diff.after.team': ['x']}, expected: {before: EMPTY, after: EMPTY}},
    {parts: {'diff.after.icon': null}, expected: {after: EMPTY}},
    {parts: {trigger: null}, expected: {at: RECEIVED_AT, by: {}, origin: ''}},
    {parts: {trigger: undefined}, expected: {at: RECEIVED_AT, by: {}, origin: ''}},
    {parts: {'trigger.by': null, 'trigger.origin': null}, expected: {by: {}, origin: ''}},
    {parts: {'trigger.origin': 'github-ocean'}, expected: {origin: 'github-ocean'}},
    {parts: {'trigger.origin': 'AUTOMATION'}, expected: {origin: 'AUTOMATION'}},
    {parts: {resourceType: 'service'}, expected: {blueprint: 'service'}},
    {parts: {resourceType: undefined, status: 'SUCCESS'}, expected: {source: 'automation'}},
    {parts: {runId: null}, expected: {id: CONTENT_ID as unknown as string}},
    {parts: {runId: ''}, expected: {id: CONTENT_ID as unknown as string}},
    {parts: {runId: '../../blueprints'}, expected: {id: CONTENT_ID as unknown as string}},
    {parts: {'context.propertyIdentifier': 'ttl'}, expected: {action: 'UPDATE'}},
  ])('$parts', ({parts, expected}) => {
    const change = parsed(bodyWith(parts));
    expect(change).toMatchObject(expected);
    if (change.action !== 'TIMER_EXPIRED') expect(change).not.toHaveProperty('timer');
    if (expected.id !== undefined) expect(change).not.toHaveProperty('runId');
  });

  test.each([
    'owner/repo/path',
    'back\\slash',
    'a@b_c.+:=-',
    'уведомления-прод',
    '通知サービス',
    'zürich',
    '💥',
    '__proto__',
    'constructor',
    ...['a'.repeat(2000)],
  ])('accepts the name %j of an entity', name => {
    const change = parsed(
      bodyWith({'context.entityIdentifier': name, 'diff.after.title': null, 'diff.before.title': null}),
    );
    expect([change.entity, change.title]).toEqual([name, name]);
  });

  test.each(['create', 'Update', 'DELETE', 'Timer Expired', 'TIMER_PROPERTY_EXPIRED'])(
    'accepts the action %s',
    word => {
      const change = parsed(bodyWith({action: word}));
      expect(change.action).toBe(/timer/i.test(word) ? 'TIMER_EXPIRED' : word.toUpperCase());
    },
  );

  test.each([
    '2026-03-02T09:15:04Z',
    '2026-03-02T09:15:04.123456Z',
    '2026-03-02T11:15:04.120+02:00',
    '2026-03-02T11:15:04+0200',
  ])('accepts the time %s, and does not change it', time => {
    expect(parsed(bodyWith({'trigger.at': time})).at).toBe(time);
  });
});

describe('the check of a message', () => {
  const half = '\ud83d';
  test.each<{parts: Record<string, unknown>; message: string}>([
    {parts: {action: undefined}, message: 'action: must be CREATE, UPDATE, DELETE or TIMER_EXPIRED, but is missing'},
    {parts: {action: null}, message: `action: must be CREATE, UPDATE, DELETE or TIMER_EXPIRED, ${NULL_HINT}`},
    {parts: {action: 'RESYNC'}, message: 'action: must be CREATE, UPDATE, DELETE or TIMER_EXPIRED, but is RESYNC'},
    {
      parts: {action: 'constructor'},
      message: 'action: must be CREATE, UPDATE, DELETE or TIMER_EXPIRED, but is constructor',
    },
    {parts: {action: ['UPDATE']}, message: 'action: must be CREATE, UPDATE, DELETE or TIMER_EXPIRED'},
    {parts: {context: undefined}, message: 'context: must be an object, but is missing'},
    {parts: {context: null}, message: `context: must be an object, ${NULL_HINT}`},
    {parts: {context: []}, message: 'context: must be an object'},
    {parts: {'context.entityIdentifier': null}, message: `context.entityIdentifier: must be a string, ${NULL_HINT}`},
    {parts: {'context.entityIdentifier': ''}, message: 'context.entityIdentifier: must not be empty'},
    {
      parts: {'context.entityIdentifier': 'a'.repeat(2001)},
      message: 'context.entityIdentifier: must have at most 2000 characters',
    },
    {parts: {'context.entityIdentifier': `a${half}`}, message: 'context.entityIdentifier: must be well-formed Unicode'},
    {parts: {'context.entityIdentifier': {}}, message: 'context.entityIdentifier: must be a string'},
    {
      parts: {'context.entityIdentifier': undefined},
      message: 'context.entityIdentifier: must be a string, but is missing',
    },
    {
      parts: {'context.blueprintIdentifier': null},
      message: `context.blueprintIdentifier: must be a string, ${NULL_HINT}`,
    },
    {parts: {context: {blueprint: null, entity: 'a'}}, message: `context.blueprint: must be a string, ${NULL_HINT}`},
    {parts: {context: {blueprint: 'b', entity: 7}}, message: 'context.entity: must be a string'},
    {parts: {diff: null}, message: `diff.after: must be the entity after the UPDATE, ${NULL_HINT}`},
    {parts: {diff: 'x'}, message: 'diff: must be an object'},
    {parts: {'diff.after': null}, message: `diff.after: must be the entity after the UPDATE, ${NULL_HINT}`},
    {
      parts: {action: 'CREATE', 'diff.after': undefined},
      message: 'diff.after: must be the entity after the CREATE, but is missing',
    },
    {
      parts: {action: 'DELETE', 'diff.before': null},
      message: `diff.before: must be the entity before the DELETE, ${NULL_HINT}`,
    },
    {parts: {'diff.before': []}, message: 'diff.before: must be an object'},
    {parts: {'diff.after': 'null'}, message: 'diff.after: must be an object'},
    {parts: {'diff.after.properties': []}, message: 'diff.after.properties: must be an object'},
    {parts: {'diff.before.relations': 'x'}, message: 'diff.before.relations: must be an object'},
    {parts: {'diff.after.title': 5}, message: 'diff.after.title: must be a string'},
    {parts: {'diff.after.team': {}}, message: 'diff.after.team: must be a string or an array of strings'},
    {parts: {'diff.after.team': [null]}, message: 'diff.after.team: must be a string or an array of strings'},
    {parts: {trigger: 'UI'}, message: 'trigger: must be an object'},
    {parts: {'trigger.by': 'me'}, message: 'trigger.by: must be an object'},
    {parts: {'trigger.by.userId': 1}, message: 'trigger.by.userId: must be a string'},
    {parts: {'trigger.by.byPort': 'yes'}, message: 'trigger.by.byPort: must be true or false'},
    {parts: {'trigger.origin': []}, message: 'trigger.origin: must be a string'},
    {parts: {'trigger.at': 1763900000}, message: 'trigger.at: must be a string'},
    {parts: {'trigger.at': ''}, message: 'trigger.at: must be an ISO 8601 time'},
    {parts: {'trigger.at': '2026-13-02T09:15:04Z'}, message: 'trigger.at: must be an ISO 8601 time'},
    {parts: {'trigger.at': 'March 2, 2026'}, message: 'trigger.at: must be an ISO 8601 time'},
    {parts: {'trigger.at': `2026-03-02 (${'x'.repeat(9999)})`}, message: 'trigger.at: must be an ISO 8601 time'},
    {parts: {additionalData: {property: 1}}, message: 'additionalData.property: must be a string'},
  ])('$message', ({parts, message}) => {
    expect(() => parsed(bodyWith(parts))).toThrow(new PayloadError('', message));
  });

  test.each<[unknown, string]>([
    [null, `The body must be a JSON object from Port, ${NULL_HINT}`],
    [undefined, 'The body must be a JSON object from Port, but is missing'],
    [[], 'The body must be a JSON object from Port'],
    ['{}', 'The body must be a JSON object from Port'],
    [7, 'The body must be a JSON object from Port'],
    [{}, 'context: must be an object, but is missing'],
    [{event: 'ENTITY_UPDATED'}, 'event: must be an object'],
    [{event: []}, 'event: must be an object'],
    [{port: {event: null}}, `port.event: must be an object, ${NULL_HINT}`],
    [{port_payload: {event: 1}}, 'port_payload.event: must be an object'],
    [{event: bodyWith({'diff.after': 5})}, 'event.diff.after: must be an object'],
    [{event: bodyWith({context: null})}, `event.context: must be an object, ${NULL_HINT}`],
    [{port: {event: bodyWith({'trigger.by': 5})}}, 'port.event.trigger.by: must be an object'],
    [{port: bodyWith({action: 5})}, 'port.action: must be CREATE, UPDATE, DELETE or TIMER_EXPIRED'],
    [{payload: bodyWith({trigger: 5})}, 'payload.trigger: must be an object'],
  ])('%j: %s', (body, message) => {
    expect(() => parseChange(body, RECEIVED_AT)).toThrow(new PayloadError('', message));
  });

  test('has the same path in the error and in its message', () => {
    expect(() => parsed({event: bodyWith({'diff.after.team': 1})})).toThrow(
      expect.objectContaining({name: 'PayloadError', path: 'event.diff.after.team'}),
    );
  });

  test.each([
    ['half a million arrays', JSON.parse(`${'['.repeat(500_000)}${']'.repeat(500_000)}`)],
    ['a hundred thousand objects', JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)],
    ['101 arrays', JSON.parse(`${'['.repeat(101)}${']'.repeat(101)}`)],
  ])('refuses %s nested in each other', (_, value) => {
    expect(() => parsed(bodyWith({'diff.after.properties': {readme: value}}))).toThrow(
      new PayloadError('', 'diff.after.properties.readme: is nested more than 100 levels deep'),
    );
    expect(() => parsed(bodyWith({'diff.before.relations': {owner: value}}))).toThrow(
      new PayloadError('', 'diff.before.relations.owner: is nested more than 100 levels deep'),
    );
  });

  test('accepts any depth in other parts', () => {
    const deep = JSON.parse(`${'['.repeat(500_000)}${']'.repeat(500_000)}`) as unknown;
    expect(parsed({...(bodyWith({}) as object), headers: deep, payload: {action: deep}})).toMatchObject({entity: 'a'});
    expect(parsed(bodyWith({'diff.after.scorecards': deep}))).toMatchObject({entity: 'a'});
  });

  test('accepts 100 levels', () => {
    const value = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as unknown;
    const change = parsed(bodyWith({'diff.after.properties': {readme: value}}));
    expect(decodeClientPayload(encodeOne(change)).changes).toEqual([change]);
  });
});

describe('names that are dangerous in JavaScript', () => {
  const names = [...HOSTILE_NAMES, 'toJSON', 'then', 'length'];
  const values = JSON.stringify(Object.fromEntries(names.map(name => [name, {polluted: name}])));
  const body = (at: string) =>
    JSON.parse(JSON.stringify(bodyWith({[at]: 0})).replace('"properties":0', `"properties":${values}`));

  test('survive as properties, with their values', () => {
    const {properties} = parsed(body('diff.after.properties')).after ?? {};
    expect(JSON.stringify(properties)).toBe(values);
  });

  test('do not pollute prototypes', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    parsed(body('diff.before.properties'));
    parsed(
      JSON.parse(
        '{"__proto__":{"event":{}},"action":"UPDATE","context":{"__proto__":{"entity":"x"},"blueprint":"b","entity":"e"},"diff":{"after":{"__proto__":{"title":"no"}}}}',
      ),
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('are not read as parts of a message', () => {
    expect(() =>
      parsed(JSON.parse('{"__proto__":{"action":"UPDATE","context":{"blueprint":"b","entity":"e"}}}')),
    ).toThrow('context: must be an object, but is missing');
  });
});

describe('the run to report back to', () => {
  const nested = {event: portBody('automation-update') as Record<string, unknown>};
  test.each<[string, unknown, string | undefined]>([
    ['is at the top', {...nested, runId: 'r_1'}, 'r_1'],
    ['is in port_context', {...nested, port_context: {runId: 'r_2'}}, 'r_2'],
    ['is in a port_context that is a string', {...nested, port_context: '{"runId":"r_2"}'}, 'r_2'],
    ["is the context's run", {...nested, run: {id: 'r_3'}}, 'r_3'],
    ['is not in the event', nested, undefined],
    ['is not a number', {...nested, runId: 7}, undefined],
    ['is not in a broken port_context', {...nested, port_context: '{'}, undefined],
    ['is not the one that caused a change', portBody('changelog-by-run'), undefined],
    ['is not the one of an audit entry', portBody('audit-update'), undefined],
    ['is the one that an agent inserted', {...nested, context: {runId: 'r_4'}}, 'r_4'],
    ['is the one of the author, not of the agent', {...nested, runId: 'r_1', context: {runId: 'r_4'}}, 'r_1'],
  ])('%s', (_, body, runId) => {
    expect(parsed(body).runId).toBe(runId);
  });
});

test('replaces half a surrogate pair in any text', () => {
  const body = {
    action: 'UPDATE',
    context: {blueprint: 'service', entity: 's'},
    trigger: {at: RECEIVED_AT},
    diff: {before: null, after: {title: 'a\ud800', properties: {'k\udc00': ['b\ud83d']}, relations: {}}},
  };
  const change = parsed(body);
  expect(JSON.stringify(change)).not.toMatch(/\\ud[89a-f]/i);
  expect(change.after?.properties).toEqual({'k\ufffd': ['b\ufffd']});
});

test('uses an e-mail address only if it is of the same actor', () => {
  const body = portBody('automation-whole') as {event: {trigger: {by: object}}; trigger: {by: {userId: string}}};
  body.trigger.by.userId = 'auth0|another';
  expect(parsed(body).by).toEqual({userId: 'auth0|0123456789abcdef01234567'});
  body.event.trigger.by = {byPort: true};
  expect(parsed(body).by).toEqual({byPort: true});
  body.trigger.by = {...body.trigger.by, userId: undefined as unknown as string};
  expect(parsed(body).by).toEqual({byPort: true});
});

/** All positions in a JSON value, each as a container and a key. */
function placesIn(
  value: unknown,
  found: [Record<string, unknown>, string][] = [],
): [Record<string, unknown>, string][] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push([value as Record<string, unknown>, key]);
    placesIn((value as Record<string, unknown>)[key], found);
  }
  return found;
}

test('10,000 mutated messages are either parsed or refused', () => {
  const names = portBodyNames();
  const bodies = new Map(names.map(name => [name, JSON.stringify(portBody(name))]));
  const anything = fc.oneof(
    jsonValues,
    fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      'x'.repeat(70_000),
      Number.MAX_VALUE,
      -0,
      [],
      {},
      [[[[]]]],
      'event',
      '{"event":{}}',
    ),
    fc.constantFrom(...names).map(portBody),
  );
  const mutation = fc.record({
    at: fc.nat(),
    to: fc.nat(),
    how: fc.constantFrom('delete', 'replace', 'copy', 'swap', 'wrap', 'rename'),
    value: anything,
    key: fc.constantFrom(
      'event',
      'port',
      'payload',
      'context',
      'diff',
      'before',
      'after',
      'properties',
      'trigger',
      'runId',
      '__proto__',
    ),
  });
  const outcomes = {changes: 0, others: 0, refused: 0};
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(mutation, {minLength: 1, maxLength: 4}), (name, mutations) => {
      const root = {body: JSON.parse(bodies.get(name) ?? '') as unknown};
      for (const mutation of mutations) mutate(placesIn(root), mutation);
      try {
        const result = parseChange(root.body, RECEIVED_AT);
        if (result.kind === 'not-a-change') {
          outcomes.others++;
          return;
        }
        outcomes.changes++;
        changedProperties(result.change);
        const payload = encodeOne(result.change, {title: result.change.title, reads: bothSides('healthStatus')});
        expect(decodeClientPayload(JSON.parse(JSON.stringify(payload))).changes).toHaveLength(1);
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error;
        outcomes.refused++;
      }
    }),
    {numRuns: runs(10_000), seed: 20_261_123},
  );
  expect(Object.values(outcomes).every(times => times > runs(500))).toBe(true);
});

interface Mutation {
  /** The positions, as numbers of any size. */
  readonly at: number;
  readonly to: number;
  readonly how: string;
  readonly value: unknown;
  /** The new name. */
  readonly key: string;
}

function mutate(places: [Record<string, unknown>, string][], {at, to, how, value, key: name}: Mutation) {
  const place = places[at % places.length];
  const other = places[to % places.length];
  if (place === undefined || other === undefined) return;
  const [holder, key] = place;
  if (how === 'delete') delete holder[key];
  if (how === 'replace') holder[key] = structuredCopy(value);
  if (how === 'wrap') holder[key] = Object.fromEntries([[name, holder[key]]]);
  if (how === 'copy') holder[key] = structuredCopy(other[0][other[1]]);
  if (how === 'rename') {
    Object.defineProperty(holder, name, {value: holder[key], enumerable: true, configurable: true, writable: true});
    if (name !== key) delete holder[key];
  }
  if (how === 'swap')
    [holder[key], other[0][other[1]]] = [structuredCopy(other[0][other[1]]), structuredCopy(holder[key])];
}

function structuredCopy(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
