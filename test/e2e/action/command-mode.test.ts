/** `mode: command` end to end, started as GitHub's runner starts it, against a local GitHub. Some tests run the built action. */
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {emptyMemory, type Incident} from '../../../src/memory/format/format.ts';
import {parseMemory} from '../../../src/memory/format/parse.ts';
import {serialize} from '../../../src/memory/format/serialize.ts';
import {type ActionOptions, runAction} from '../../helpers/processes/run-action.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../../helpers/servers/memory-github.ts';
import {addIssues, type FakeIssues} from '../../helpers/values/issues.ts';

const RULES = `version: 1
rules:
  - {name: degraded, blueprint: deploymentConfig, property: healthStatus, to: Degraded, notify: {repeat: 1h}}
`;
const SHARD = 5;
const OURS = {message: '1 opened [skip ci]\n\nhttps://example.com\nnonce: 1/1/1', author: 'github-actions'};
const HOSTILE = '<b>@acme/all</b> `x` #1 [a](http://evil.example) <!channel>\n### Do';

let github: MemoryGitHub;
let issues: FakeIssues;
beforeEach(async () => {
  github = await startMemoryGitHub('acme/ops');
  issues = addIssues(github);
  issues.permissions.set('jane', {permission: 'read', role_name: 'triage'});
  remember(anIncident());
});
afterEach(() => github.close());

function anIncident(fields: Partial<Incident> = {}): Incident {
  const since = Math.floor(Date.now() / 1000) - 600;
  return {
    ...{id: 'K7Q2M9', rule: 'degraded', blueprint: 'deploymentConfig', entity: 'checkout-prod', title: HOSTILE},
    ...{state: 'open', since, at: since * 1000, value: 'Degraded', attempts: 0, escalated: 0, turns: [since]},
    told: {default: {at: since}},
    ...fields,
  } as Incident;
}

function remember(...incidents: Incident[]): void {
  github.put(SHARD, serialize({...emptyMemory(SHARD, Date.now()), incidents}), OURS);
}

function remembered(): Incident | undefined {
  const parsed = parseMemory(github.text(SHARD) ?? '', SHARD);
  return parsed.kind === 'memory' ? parsed.memory.incidents[0] : undefined;
}

const formOf = (fields: Record<string, string> = {}) =>
  Object.entries({Incident: 'K7Q2M9', Do: 'acknowledge', Until: '4h', Reason: HOSTILE, ...fields})
    .map(([label, value]) => `### ${label}\n\n${value}`)
    .join('\n\n');

function command(body: string | null, options: ActionOptions = {}, login = 'jane') {
  const issue = {
    number: 7,
    title: `Port Reactor: ${HOSTILE}`,
    body,
    user: {login},
    created_at: new Date().toISOString(),
  };
  return runAction({
    rules: RULES,
    event: {action: 'opened', issue},
    ...options,
    inputs: {memory: 'on', mode: 'command', ...options.inputs},
    env: {GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: github.graphqlUrl, ...options.env},
  });
}

/** Expects that hostile text is in `code` elements, where GitHub creates no links or mentions, and contains no markup. */
function expectHarmless(comment: string): void {
  const outside = comment.replaceAll(/<code>[\s\S]*?<\/code>/g, '');
  expect(outside).not.toMatch(/@|evil|#1|&#64;/);
  expect(comment).not.toContain('<b>');
}

describe('an accepted command', () => {
  test('acknowledges with one query and one commit, then answers, closes and locks the issue', async () => {
    const {exitCode, outputs, summary} = await command(formOf(), {isBuilt: true});
    expect({exitCode, outcome: outputs['outcome']}).toEqual({exitCode: 0, outcome: 'reacted'});
    const now = Date.now() / 1000;
    expect(remembered()).toMatchObject({id: 'K7Q2M9', ack: {by: 'jane'}});
    expect(Math.abs((remembered()?.ack?.until ?? 0) - now - 4 * 3600)).toBeLessThan(60);
    expect(github.messages(SHARD)[0]).toMatch(/^1 acknowledged \[skip ci\]\n\n.*\nnonce: 42\/1\/1$/);
    expect(github.calls()).toMatchObject({queries: 1, mutations: 1});
    expect(issues.done).toEqual(['comment', 'close completed', 'lock']);
    expect(issues.comment).toMatch(
      /Incident <code>K7Q2M9<\/code> .* is acknowledged until \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
    );
    expectHarmless(issues.comment);
    expect(summary).toContain('K7Q2M9');
  });

  test('silences an incident, and resumes it', async () => {
    expect((await command(formOf({Do: 'silence', Until: '2d'}))).exitCode).toBe(0);
    expect(remembered()?.silence?.by).toBe('jane');
    expect((await command(formOf({Do: 'resume', Until: '_No response_'}))).exitCode).toBe(0);
    expect(remembered()?.silence?.until).toBeLessThanOrEqual(Date.now() / 1000);
  });

  test('is decided again if another run writes first', async () => {
    github.beforeWrite = () => remember(anIncident({attempts: 3}));
    expect((await command(formOf())).exitCode).toBe(0);
    expect(remembered()).toMatchObject({attempts: 3, ack: {by: 'jane'}});
  });

  test('is not written twice after a lost response or a re-run', async () => {
    github.loseResponses = 1;
    const event = {
      issue: {number: 7, title: '', body: formOf(), user: {login: 'jane'}, created_at: new Date().toISOString()},
    };
    expect((await command('', {event})).exitCode).toBe(0);
    const head = github.head(SHARD);
    expect((await command('', {event, env: {GITHUB_RUN_ATTEMPT: '2'}})).exitCode).toBe(0);
    expect(github.head(SHARD)).toBe(head);
    expect(issues.done).toEqual(['comment', 'close completed', 'lock', 'comment', 'close completed', 'lock']);
  });

  test.each([
    ['admin', {permission: 'admin'}],
    [
      'a custom role with triage permission',
      {permission: 'read', role_name: 'ops', user: {permissions: {triage: true}}},
    ],
  ])('can come from %s', async (_, permission) => {
    issues.permissions.set('jane', permission);
    expect((await command(formOf())).outputs['outcome']).toBe('reacted');
  });
});

describe('a refused command is answered, and its issue is closed without a write', () => {
  const silent = {queries: 0, mutations: 0};

  test.each([
    ['an unknown incident', formOf({Incident: 'AAAAAA'}), /no incident AAAAAA/],
    ['an end in the past', formOf({Until: '2020-01-01T00:00Z'}), /in the past/],
    ['no end', formOf({Until: '_No response_'}), /Until: is missing/],
    ['text that does not come from the form', HOSTILE, /was not created with the form|Do: must be/],
    ['an invalid id', formOf({Incident: HOSTILE}), /six characters/],
    ['no body', null, /was not created with the form/],
  ])('%s', async (_, body, reason) => {
    const head = github.head(SHARD);
    const {exitCode, outputs} = await command(body);
    expect({exitCode, outcome: outputs['outcome']}).toEqual({exitCode: 0, outcome: 'nothing'});
    expect(issues.comment).toMatch(reason);
    expectHarmless(issues.comment);
    expect(issues.done).toEqual(['comment', 'close not_planned', 'lock']);
    expect([github.head(SHARD), github.calls().mutations]).toEqual([head, 0]);
  });

  test('a closed incident', async () => {
    remember(anIncident({state: 'closed', closed: 1}));
    expect((await command(formOf())).outputs['outcome']).toBe('nothing');
    expect(issues.comment).toMatch(/K7Q2M9 is already closed/);
  });

  test.each([
    ['can only read', {permission: 'read', role_name: 'read', user: {permissions: {triage: false}}}],
    [
      'has a role with a misleading name',
      {permission: 'read', role_name: 'admin', user: {permissions: {triage: false}}},
    ],
    ['is not known', undefined],
  ])('a person who %s, and the response contains nothing about the incident', async (_, permission) => {
    issues.permissions.clear();
    if (permission !== undefined) issues.permissions.set('jane', permission);
    const {exitCode} = await command(formOf());
    expect(exitCode).toBe(0);
    expect(issues.comment).toMatch(/jane cannot do this: it needs the triage role/);
    expect(issues.comment).not.toContain('K7Q2M9');
    expect(issues.done).toEqual(['comment', 'close not_planned', 'lock']);
    expect(github.calls()).toMatchObject(silent);
  });

  test('in a dry run, reads but does not write or answer', async () => {
    const {exitCode, outputs} = await command(formOf(), {isBuilt: true, inputs: {'dry-run': 'true'}});
    expect({exitCode, outcome: outputs['outcome'], done: issues.done}).toEqual({
      exitCode: 0,
      outcome: 'dry-run',
      done: [],
    });
    expect(github.calls()).toMatchObject(silent);
  });
});

describe('a failed command is answered, and the issue stays open', () => {
  test.each([
    ['the memory refuses', () => github.replyNext(JANE, FORBIDDEN), /contents: write/],
    ['the permission of the author is not known', () => github.replyNext({status: 500}), /could not be checked/],
  ])('%s', async (_, prepare, reason) => {
    prepare();
    const {exitCode, outputs} = await command(formOf());
    expect({exitCode, outcome: outputs['outcome']}).toEqual({exitCode: 1, outcome: 'failed'});
    expect(issues.comment).toMatch(reason);
    expect(issues.done).toEqual(['comment']);
  });

  test.each([
    ['the memory is off', {inputs: {memory: 'off'}}, /memory: off/],
    ['the rules cannot be read', {rules: 'version: 1\nrules: ['}, /port-reactor\.yml/],
  ])('%s', async (_, options, reason) => {
    const {exitCode} = await command(formOf(), options);
    expect(exitCode).toBe(1);
    expect(issues.comment).toMatch(reason);
    expect(issues.done).toEqual(['comment']);
  });
});

const JANE = {status: 200, body: {permission: 'write'}};
const FORBIDDEN = {status: 403, body: {message: 'Resource not accessible by integration'}};

test('fails the step if the issue cannot be answered, and the reason names the issue', async () => {
  const failing = github.other;
  github.other = request => (request.method === 'GET' ? failing?.(request) : {status: 403, body: {message: 'no'}});
  const {exitCode, log} = await command(formOf());
  expect(exitCode).toBe(1);
  expect(remembered()?.ack?.by).toBe('jane');
  expect(JSON.stringify(log.commands)).toMatch(/Issue 7 could not be answered/);
});

test('fails the step for another event, and the message contains the fix', async () => {
  const {exitCode, log} = await command('', {isBuilt: true, event: {client_payload: {}}});
  expect(exitCode).toBe(1);
  expect(JSON.stringify(log.commands)).toContain('on: { issues: { types: [opened] } }');
});
