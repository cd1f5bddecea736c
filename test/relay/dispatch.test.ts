import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {fixedToken} from '../../relay/credentials.ts';
import {classify, createDispatch, type Dispatch} from '../../relay/dispatch.ts';
import {createGitHub, type GitHubAnswer} from '../../relay/github.ts';
import {partitionOf} from '../../relay/partition.ts';
import {decodeClientPayload, MAX_PAYLOAD_BYTES} from '../../src/change/client-payload.ts';
import {transitionOf} from '../../src/change/transition.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/a-change.ts';
import {type GitHubServer, startGitHubServer} from '../helpers/github-server.ts';

const repository = {owner: 'acme', name: 'operations'};
const NOW = 1_763_900_000_000;

describe('createDispatch', () => {
  let server: GitHubServer;
  let dispatch: Dispatch;

  beforeAll(async () => {
    server = await startGitHubServer();
    const github = createGitHub({apiUrl: server.url, credentials: fixedToken('t')}, fetch);
    dispatch = createDispatch({repository, eventType: 'port-catalog-change', partitions: 8}, github, () => NOW);
  });
  afterAll(() => server.close());

  const rules = parseRules(
    'version: 1\nrules: [{name: health, blueprint: deploymentConfig, property: healthStatus, notify: true}]',
    'rules.yml',
  );

  test('one change becomes one repository_dispatch that the action can read back', async () => {
    const change = aChange({runId: 'run_1'});
    const transition = transitionOf(change, 'healthStatus');
    expect(await dispatch({change, transition, rules, timeoutMs: 5_000})).toEqual({kind: 'accepted'});
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.path).toBe('/repos/acme/operations/dispatches');
    const [dispatched] = server.dispatches;
    expect(dispatched?.event_type).toBe('port-catalog-change');
    expect(decodeClientPayload(dispatched?.client_payload)).toEqual({
      version: 1,
      title: 'notification-service-prod: healthStatus Healthy → Degraded',
      partition: partitionOf(change, 8),
      changes: [change],
    });
  });

  test('what rules watch survives the cut of a change that is too large', async () => {
    const change = aChange({properties: {readme: 'x'.repeat(100_000)}});
    await dispatch({change, transition: undefined, rules, timeoutMs: 5_000});
    expect(sentLast()).toMatchObject({before: {properties: {healthStatus: 'Healthy'}}, truncated: expect.anything()});
    expect(Buffer.byteLength(server.requests.at(-1)?.text ?? '')).toBeLessThan(MAX_PAYLOAD_BYTES + 200);
  });

  test('without rules, what changed survives it', async () => {
    const long = (letter: string) => letter.repeat(20_000);
    const change = aChange({property: 'notes', from: long('a'), to: long('b'), properties: {readme: long('x')}});
    await dispatch({change, transition: undefined, rules: undefined, timeoutMs: 5_000});
    expect(sentLast()).toMatchObject({
      before: {properties: {notes: long('a')}},
      after: {properties: {notes: long('b')}},
    });
  });

  test('is answered in time where GitHub is not', async () => {
    server.answerNext('hang');
    const outcome = await dispatch({change: aChange(), transition: undefined, rules, timeoutMs: 30});
    expect(outcome).toMatchObject({kind: 'retryable', message: expect.stringMatching(/no answer within 0\.03 s/)});
  });

  test('tries once', async () => {
    const before = server.requests.length;
    server.answerNext({status: 503}, {status: 204});
    expect(await dispatch({change: aChange(), transition: undefined, rules, timeoutMs: 5_000})).toMatchObject({
      kind: 'retryable',
    });
    expect(server.requests).toHaveLength(before + 1);
  });

  function sentLast() {
    return server.dispatches.at(-1)?.client_payload.changes[0];
  }
});

describe('classify', () => {
  const answer = (status: number | undefined, headers: Record<string, string> = {}, message = ''): GitHubAnswer => {
    return {status, headers, body: undefined, message};
  };
  const inSeconds = (seconds: number) => String(NOW / 1000 + seconds);

  test('204 is an acceptance', () => {
    expect(classify(answer(204), repository, NOW)).toEqual({kind: 'accepted'});
  });

  test.each([200, 201, 202])('%i is none: whoever says that is not GitHub', status => {
    const message = expect.stringContaining('check GITHUB_API_URL');
    expect(classify(answer(status), repository, NOW)).toEqual({kind: 'permanent', message});
  });

  test.each<[string, GitHubAnswer, number]>([
    ['no answer', answer(undefined, {}, 'connect ECONNREFUSED'), 5],
    ['500', answer(500), 5],
    ['502 of a proxy', answer(502), 5],
    ['503 that says when', answer(503, {'retry-after': '17'}), 17],
    ['429 that says when', answer(429, {'retry-after': '30'}), 30],
    ['429 that says nothing', answer(429), 60],
    ['403 that says when', answer(403, {'retry-after': '61'}), 61],
    [
      '403 that says it twice: retry-after comes first',
      answer(403, {'retry-after': '5', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(900)}),
      5,
    ],
    [
      '403 at the end of the hourly limit',
      answer(403, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(123.4)}),
      124,
    ],
    ['429 likewise', answer(429, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(7)}), 7],
    ['a reset that is past', answer(403, {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(-50)}), 1],
    ['a reset without a time', answer(403, {'x-ratelimit-remaining': '0'}), 60],
    [
      'a secondary limit',
      answer(403, {'x-ratelimit-remaining': '4999'}, 'You have exceeded a secondary rate limit.'),
      60,
    ],
    ['a wait beyond reason', answer(429, {'retry-after': '99999'}), 3600],
    ['a wait of nothing', answer(429, {'retry-after': '0'}), 1],
  ])('%s is worth another try', (_name, given, retryAfterSeconds) => {
    expect(classify(given, repository, NOW)).toEqual({
      kind: 'retryable',
      retryAfterSeconds,
      message: expect.stringMatching(new RegExp(`not handed over; send it again in ${retryAfterSeconds} s\\.$`)),
    });
  });

  test.each([301, 304, 307, 400, 401, 403, 404, 410, 415, 422, 451])('%i is for good', status => {
    const outcome = classify(answer(status, {'x-ratelimit-remaining': '4999'}, 'Words'), repository, NOW);
    expect(outcome).toEqual({kind: 'permanent', message: expect.stringMatching(/./)});
  });

  test('a refusal that only speaks of limits of another kind is for good', () => {
    expect(classify(answer(422, {'retry-after': '5'}, 'secondary rate limit'), repository, NOW)).toMatchObject({
      kind: 'permanent',
    });
  });
});
