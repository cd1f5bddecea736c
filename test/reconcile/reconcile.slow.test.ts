/** Rounds with failures, against local servers for Port, GitHub and Slack. Rounds that succeed are in test/e2e/cli/reconcile.test.ts. */
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {createSlack} from '../../src/act/slack/post/slack.ts';
import {fetch} from '../../src/base/http/fetch.ts';
import {MemoryError} from '../../src/clients/memory/calls.ts';
import {shardOf} from '../../src/memory/format/keys.ts';
import {parseMemory} from '../../src/memory/format/parse.ts';
import {reconcile} from '../../src/reconcile/reconcile.ts';
import {reconcileData, reconcileHeadline, sentencesOf} from '../../src/reconcile/render-round.ts';
import {parseRound, serializeRound} from '../../src/reconcile/round.ts';
import {isFullyAccounted, type ReconcileOptions, type RoundResult} from '../../src/reconcile/round-result.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import type {Reply} from '../helpers/servers/http-server.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../helpers/servers/memory-github.ts';
import {auditEntry} from '../helpers/servers/port-audit-log.ts';
import {type PortServer, startPortServer} from '../helpers/servers/port-server.ts';
import {type SlackServer, startSlackServer} from '../helpers/servers/slack-server.ts';
import {aChange} from '../helpers/values/a-change.ts';

const RULES = `version: 1
rules:
  - {name: degraded, blueprint: deploymentConfig, property: healthStatus, to: Degraded, notify: true}
`;
const START = Date.parse('2026-11-28T12:00:00.000Z');
const MINUTE = 60_000;

let github: MemoryGitHub;
let port: PortServer;
let slack: SlackServer;
let nowMs: number;
let dispatches: {client_payload: {partition: unknown; changes: {entity: string}[]}}[];
let answer: Reply;

beforeEach(async () => {
  [github, port, slack] = await Promise.all([startMemoryGitHub('acme/ops'), startPortServer(), startSlackServer()]);
  [nowMs, dispatches, answer] = [START, [], {status: 204}];
  github.other = ({path, json}) => {
    if (path !== '/repos/acme/ops/dispatches') return undefined;
    if (answer.status === 204) dispatches.push(json as (typeof dispatches)[0]);
    return answer;
  };
});
afterEach(() => Promise.all([github.close(), port.close(), slack.close()]));

function round(options: Partial<ReconcileOptions> = {}): Promise<RoundResult> {
  const deps = {fetch, sleep: async () => {}, now: () => nowMs};
  const repository = 'acme/ops';
  return reconcile(
    {
      rules: parseRules(RULES, 'rules.yml'),
      port: port.credentials,
      github: {repository, token: 't', apiUrl: github.url},
      memory: {repository, token: 't', apiUrl: github.url, graphqlUrl: github.graphqlUrl},
      ...{eventType: 'port-catalog-change', partitions: 4, alarmAfterMs: 10 * MINUTE, dryRun: false},
      alarmTo: {webhook: slack.webhook()},
      runsUrl: 'https://github.com/acme/ops/actions',
      run: {name: `test-${nowMs}/1`, url: 'a test'},
      ...options,
    },
    {...deps, slack: createSlack(deps)},
  );
}

const lost = (entity: string, minutesAgo = 30) =>
  aChange({entity, at: new Date(nowMs - minutesAgo * MINUTE).toISOString()});
const kept = () => parseRound(github.text(0, 'reconcile.json') ?? '');

describe('the memory', () => {
  test('is new: earlier changes are counted and reported as unknown', async () => {
    port.audit.record(auditEntry(lost('a', 120)), auditEntry(lost('b', 180)));
    expect(await round({dryRun: true})).toMatchObject({
      counts: {superseded: 2},
      remarks: [
        '2 superseded changes are from before the incident memory began. No run is known to have decided on them, and none will.',
      ],
    });
  });

  test('cannot be read: the round fails and dispatches nothing', async () => {
    port.audit.record(auditEntry(lost('a')));
    github.replyNext(...Array.from({length: 3}, () => ({status: 502})));
    await expect(round()).rejects.toThrow(MemoryError);
    github.put(3, '{"version": 2}');
    await expect(round()).rejects.toThrow(/The handled changes are not known: .*written by a later release/);
    expect(dispatches).toEqual([]);
  });

  test('does not exist yet: the branch is created with a memory that a run can use', async () => {
    await round();
    expect(parseMemory(github.text(0) ?? '', 0)).toMatchObject({kind: 'memory', memory: {incidents: [], done: {}}});
    expect(kept()).toMatchObject({changes: 0, awaited: []});
  });

  test('does not change when the result is written next to it', async () => {
    await round();
    const before = github.text(0);
    nowMs += 60 * MINUTE;
    await round();
    expect(github.text(0)).toBe(before);
    expect(github.messages(0)).toHaveLength(2);
  });

  test('is written by a run at the same moment: both are kept', async () => {
    await round();
    port.audit.record(auditEntry(lost('a')));
    const other = {id: 'other', blueprint: 'b', entity: 'e', at: '2026-11-28T11:30:00Z', first: 1, last: 1, times: 1};
    github.beforeWrite = () => {
      const mine = kept();
      if (mine !== undefined)
        github.put(0, github.text(0), {others: {'reconcile.json': serializeRound({...mine, awaited: [other]})}});
    };
    expect((await round()).failures).toEqual([]);
    expect(
      kept()
        ?.awaited.map(({entity}) => entity)
        .toSorted(),
    ).toEqual(['a', 'e']);
  });

  test('is not written twice if the response was lost', async () => {
    await round();
    nowMs += 60 * MINUTE;
    github.loseResponses = 1;
    expect((await round()).failures).toEqual([]);
    expect(github.messages(0)).toHaveLength(2);
  });

  test('has a result that cannot be read: it is replaced with a remark', async () => {
    await round();
    github.put(0, github.text(0), {others: {'reconcile.json': '{broken'}});
    expect((await round()).remarks).toEqual([
      expect.stringMatching(/^reconcile\.json on port-reactor\/memory-0 cannot be read/),
    ]);
    expect(kept()).toBeDefined();
  });

  test('refuses the result: the round fails', async () => {
    github.refuseWrites = {status: 403, body: {message: 'Resource not accessible by integration'}};
    const result = await round();
    expect(result.failures).toEqual([expect.stringMatching(/^The result was not saved: .*contents: write/)]);
    expect(isFullyAccounted(result)).toBe(false);
  });
});

describe('a dispatch that GitHub refuses', () => {
  test('fails the round, and the next round dispatches the change, for any start of its window', async () => {
    port.audit.record(auditEntry(lost('a')));
    answer = {status: 404, body: {message: 'Not Found'}};
    const failed = await round();
    expect(failed).toMatchObject({
      counts: {missing: 1},
      dispatched: [],
      failures: [expect.stringMatching(/lacks Contents: write/)],
    });
    expect(reconcileHeadline(failed)).toBe('1 change, 0 accounted for');
    expect(kept()).toMatchObject({awaited: []});
    expect(kept()?.last).toBeUndefined();
    answer = {status: 204};
    nowMs += 20 * MINUTE;
    expect(await round()).toMatchObject({dispatched: [{change: {entity: 'a'}}], failures: []});
  });
});

describe('an alarm', () => {
  const alarmed = async (options: Partial<ReconcileOptions> = {}) => {
    port.audit.record(auditEntry(lost('a')));
    await round();
    nowMs += 20 * MINUTE;
    return round(options);
  };

  test('without a destination is reported as a failure', async () => {
    const result = await alarmed({alarmTo: undefined});
    expect(result.failures).toEqual([
      expect.stringMatching(/^The alarm was not sent to Slack: no default destination/),
    ]);
  });

  test('that Slack refuses fails the round', async () => {
    slack.replyNext({status: 404, body: 'no_service'});
    expect((await alarmed()).failures).toEqual([expect.stringMatching(/^The alarm was not sent to Slack: /)]);
  });

  test('is repeated until a run decides, each time with another partition outside the queue', async () => {
    await alarmed();
    nowMs += 60 * MINUTE;
    const next = await round();
    const [first] = dispatches;
    expect(dispatches.map(({client_payload: {partition}}) => partition)).toEqual(
      ['', 'b', 'c'].map(letter =>
        letter === '' ? first?.client_payload.partition : `${first?.client_payload.partition}${letter}`,
      ),
    );
    expect(slack.messages).toHaveLength(2);
    expect(sentencesOf(next, nowMs).join('\n')).toMatch(
      /^a: .* was dispatched 1 h 20 min ago and is still undecided\. It was dispatched again as partition \dc\.$/,
    );
  });

  test('is not sent in a dry run', async () => {
    expect(await alarmed({dryRun: true})).toMatchObject({overdue: [{change: {entity: 'a'}}]});
    expect(slack.messages).toEqual([]);
    expect(dispatches).toHaveLength(1);
  });

  test('ends after seven days, and the round fails', async () => {
    port.audit.record(auditEntry(lost('a')));
    await round();
    nowMs += 8 * 24 * 60 * MINUTE;
    const result = await round();
    expect(result.failures).toEqual([expect.stringMatching(/^a, changed at .*, was given up/)]);
    expect(kept()?.awaited).toEqual([]);
  });
});

test('a change in an unused shard is not lost, because the first round sets the start of the memory', async () => {
  await round();
  nowMs += 5 * 60 * MINUTE;
  port.audit.record(auditEntry(lost('a', 3 * 60)));
  expect(await round()).toMatchObject({counts: {superseded: 0, missing: 1}, dispatched: [{change: {entity: 'a'}}]});
});

test('a waiting change whose memory was deleted is abandoned, and the round fails', async () => {
  port.audit.record(auditEntry(lost('a')));
  await round();
  const shard = shardOf({blueprint: 'deploymentConfig', entity: 'a'});
  nowMs += 2 * 60 * MINUTE;
  github.deleteBranch(shard);
  expect((await round()).failures).toEqual([expect.stringMatching(/^a, changed at .*, was given up/)]);
});

test('an entry that cannot be read fails the round and is not counted in the sum', async () => {
  port.audit.record(
    auditEntry(lost('a'), {diff: null}),
    auditEntry(aChange({property: 'memoryUtil', at: lost('b').at})),
  );
  const result = await round();
  expect(result).toMatchObject({
    counts: {changes: 1, irrelevant: 1},
    unreadable: [{reason: expect.stringMatching(/diff\.after/)}],
  });
  expect(reconcileHeadline(result)).toBe('2 changes, 1 accounted for');
  expect(reconcileData(result)).toMatchObject({ok: false});
});

test('an audit log that cannot be read fails the round, and no result is kept', async () => {
  for (let n = 0; n < 3; n++) port.replyNext('GET /v1/audit-log', {status: 500});
  await expect(round()).rejects.toThrow(/Port answered 500/);
  expect(kept()).toBeUndefined();
});

test('rules with mistakes fail the round, and the next round reads its changes again', async () => {
  await round({broken: {message: 'rules.yml:3: broken'} as ReconcileOptions['broken']});
  expect(kept()?.last).toBeUndefined();
});
