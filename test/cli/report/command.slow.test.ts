import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {runProgram} from '../../../src/cli/program.ts';
import {DecisionRecord} from '../../../src/report/decision-record-schema.ts';
import {aCliWorld, NOW, type TestWorld} from '../../helpers/processes/cli-world.ts';
import {type RecordedRequest, type Reply, startServer, type TestServer} from '../../helpers/servers/http-server.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {aZip} from '../../helpers/zip.ts';

const START = Date.parse('2026-11-15T12:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString();
const at = (minutes: number) => iso(START + minutes * 60_000);

interface RecordedStep {
  readonly minute: number;
  readonly entity: string;
  readonly what: string;
  readonly seconds?: number;
  readonly attempts?: number;
  readonly state?: string;
  readonly severity?: string;
  readonly script?: 'done' | 'failed';
  readonly byClock?: true;
}

/** A line of a decision record about an incident that began at the minute `since`. */
function line(
  since: number,
  {minute, entity, what, seconds = 2, attempts = 0, state, severity = 'critical', script, byClock}: RecordedStep,
) {
  const change = aChange({entity, at: at(minute)});
  const incident = (now: string) => ({
    id: `I-${entity}-${since}`,
    rule: 'bad',
    blueprint: 'deploymentConfig',
    entity,
    title: entity,
    state: now,
    since: START / 1000 + since * 60,
    at: START,
    attempts,
    escalated: 0,
    turns: [],
    told: {},
    ...(now === 'closed' ? {closed: START / 1000 + minute * 60} : {}),
  });
  const isOpening = what === 'firing' || what === 'reopened';
  const after = incident(state ?? (what === 'recovered' ? 'closed' : 'open'));
  const before = what === 'firing' ? null : incident(what === 'reopened' ? 'closed' : 'open');
  const common = {change: change.id, rule: 'bad'};
  const changedMs = Date.parse(at(minute));
  const times = {
    // Records of older versions have fewer fields.
    ...(entity === 'a' ? {relay: iso(changedMs + 500), runCreated: iso(changedMs + 1000)} : {}),
    ...(entity === 'c'
      ? {relay: iso(changedMs + 500), runCreated: null, runCreatedUnknown: 'GitHub answered 403'}
      : {}),
    started: iso(changedMs + 1500),
    answered: iso(changedMs + seconds * 1000),
    totalMs: seconds * 1000,
  };
  return DecisionRecord.parse({
    change,
    rules: byClock ? [] : [{rule: 'bad', matched: isOpening, reason: 'r', conditions: []}],
    reactions: [
      {
        ...common,
        kind: 'notification',
        status: 'done',
        detail: 'posted to default',
        destination: 'default',
        ...(byClock ? {} : {severity, times}),
      },
      ...(script === undefined
        ? []
        : [{...common, kind: 'remediation', status: script, detail: 'ended', run: 'fix.sh'}]),
    ],
    ...(byClock ? {byClock} : {}),
    memory: [what, ...(script === undefined ? [] : ['run'])].map(what => ({
      rule: 'bad',
      key: `${minute}`,
      shard: 0,
      what,
      before,
      after,
    })),
    run: `https://github.com/acme/ops/actions/runs/${minute}`,
  });
}

const RECORDS = [
  // Noise: it ended without a script after 3 minutes.
  line(0, {minute: 0, entity: 'a', what: 'firing', seconds: 4}),
  line(0, {minute: 3, entity: 'a', what: 'recovered', seconds: 6}),
  // A script helped at the second attempt.
  line(10, {minute: 10, entity: 'b', what: 'firing', seconds: 10, attempts: 1, script: 'failed'}),
  line(10, {minute: 30, entity: 'b', what: 'not-recovered', attempts: 2, script: 'done', byClock: true}),
  line(10, {minute: 50, entity: 'b', what: 'recovered', seconds: 20, attempts: 2}),
  // An incident that opens and closes repeatedly.
  line(100, {minute: 100, entity: 'c', what: 'firing', severity: 'warning', seconds: 30}),
  line(100, {minute: 110, entity: 'c', what: 'recovered', severity: 'warning', seconds: 30}),
  line(100, {minute: 120, entity: 'c', what: 'reopened', severity: 'warning', seconds: 30}),
];
const text = (lines: readonly object[]) => lines.map(one => `${JSON.stringify(one)}\n`).join('');

let world: TestWorld;
afterEach(() => world.remove());

async function report(args: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<TestWorld> {
  const records = {
    'records/1/decisions.jsonl': text(RECORDS.slice(0, 4)),
    'records/2/decisions.jsonl': text(RECORDS.slice(4)),
  };
  world = aCliWorld({files: {...records, ...files}});
  await runProgram(['report', ...args], world);
  return world;
}

const EXPECTED = {
  from: at(0),
  to: at(120),
  runs: 8,
  changes: 7,
  matched: 4,
  reactions: {'notification done': 8, 'remediation done': 1, 'remediation failed': 1},
  incidents: {opened: 3, ended: 2, noise: 1, timeToRecover: {p50: 180, p95: 2400, longest: 2400}},
  flappers: [{rule: 'bad', entity: 'c', turns: 3}],
  timeToNotify: {
    critical: {messages: 4, p50: 6000, p95: 20_000, longest: 20_000},
    warning: {messages: 3, p50: 30_000, p95: 30_000, longest: 30_000},
  },
  hops: [
    {from: 'change', to: 'relay', messages: 5, p50: 500, p95: 500, longest: 500},
    {from: 'change', to: 'jobStarted', messages: 2, p50: 1500, p95: 1500, longest: 1500},
    {from: 'relay', to: 'runCreated', messages: 2, p50: 500, p95: 500, longest: 500},
    {from: 'relay', to: 'jobStarted', messages: 3, p50: 1000, p95: 1000, longest: 1000},
    {from: 'runCreated', to: 'jobStarted', messages: 2, p50: 500, p95: 500, longest: 500},
    {from: 'jobStarted', to: 'slack', messages: 7, p50: 18_500, p95: 28_500, longest: 28_500},
  ],
  scripts: [{name: 'fix.sh', started: 2, failed: 1, helped: 1, didNotHelp: 1}],
};

describe('a folder of decision records', () => {
  test('as JSON', async () => {
    const {output, exitCode} = await report(['records', '--json']);
    expect(JSON.parse(output)).toEqual({...EXPECTED, unreadable: 0});
    expect(exitCode).toBe(0);
  });

  test('as text', async () => {
    const {output} = await report(['records']);
    expect(output).toContain('7 changes in 8 runs, 4 matched by a rule');
    expect(output).toContain('noise: 1 (50 % of those that ended), recovered within 5 minutes without a script');
    expect(output).toContain('critical: p50 6.0 s, p95 20 s, longest 20 s (4 messages)');
    expect(output).toContain('relay to run created: p50 0.5 s, p95 0.5 s, longest 0.5 s (2 messages)');
    expect(output).toContain('c (bad): 3 openings and closings');
    expect(output).toContain('fix.sh: started 2, failed 1, 1 incident ended after it, did not help 1');
  });

  test('as Markdown, with names of the catalog as text', async () => {
    const entity = '[x](http://evil) @everyone <img>';
    const flapping = [0, 1, 2].flatMap(n => [
      line(n, {minute: n, entity, what: n === 0 ? 'firing' : 'reopened'}),
      line(n, {minute: n, entity, what: 'recovered'}),
    ]);
    const {output} = await report(['one.jsonl', '--markdown'], {'one.jsonl': text(flapping)});
    expect(output).toContain('## Port Reactor, 2026-11-15T12:00 to');
    expect(output).not.toMatch(/@everyone|<img>|\[x\]\(/);
  });

  test('with copies of a record counts each change once', async () => {
    const {output} = await report(['records', 'copy.jsonl', '--json'], {'copy.jsonl': text(RECORDS)});
    expect(JSON.parse(output)).toMatchObject(EXPECTED);
  });

  test('with --since omits earlier changes', async () => {
    const {output} = await report(['records', '--json', '--since', at(90)]);
    expect(JSON.parse(output)).toMatchObject({changes: 3, incidents: {opened: 1, ended: 0}});
  });

  test('with a line that is not a record fails, and the others are counted', async () => {
    const {output, errorOutput, exitCode} = await report(['records', 'bad.jsonl', '--json'], {
      'bad.jsonl': '{"a": 1}\noops\n',
    });
    expect(JSON.parse(output)).toMatchObject({changes: 7, unreadable: 2});
    expect(errorOutput).toContain("2 lines can't be read");
    expect(exitCode).toBe(1);
  });
});

describe('--repo', () => {
  let github: TestServer;
  /** The newest first, as GitHub lists them. */
  let artifacts: object[];
  let onDownload: (n: number, request: RecordedRequest) => Reply;

  const artifact = (n: number, parts: object = {}) => ({
    name: 'decisions',
    archive_download_url: `${github.url}/zip/${n}`,
    created_at: iso(NOW - n * 60_000),
    expired: false,
    workflow_run: {id: n},
    ...parts,
  });
  const zipped = (lines: readonly object[]): Reply => ({
    status: 200,
    headers: {'content-type': 'application/zip'},
    body: aZip('decisions.jsonl', text(lines)),
  });

  beforeEach(async () => {
    github = await startServer(request => {
      const {path, query, headers} = request;
      const [, n] = /^\/zip\/(\d+)$/.exec(path) ?? [];
      const [, blob] = /^\/blob\/(\d+)$/.exec(path) ?? [];
      if (blob !== undefined) {
        return headers['authorization'] === undefined ? onDownload(Number(blob), request) : {status: 400};
      }
      if (headers['authorization'] !== 'Bearer t') return {status: 401, body: {message: 'Bad credentials'}};
      if (n !== undefined) return {status: 302, headers: {location: `${github.url}/blob/${n}`}};
      if (path !== '/repos/acme/ops/actions/artifacts') return {status: 404, body: {message: 'Not Found'}};
      const [page, size] = [Number(query.get('page')), Number(query.get('per_page'))];
      return {status: 200, body: {artifacts: artifacts.slice((page - 1) * size, page * size)}};
    });
    artifacts = [];
    onDownload = n => zipped(RECORDS.slice(n, n + 1));
  });
  afterEach(() => github.close());

  async function ofRepository(...args: string[]): Promise<TestWorld> {
    world = aCliWorld({env: {GITHUB_TOKEN: 't', GITHUB_API_URL: github.url}});
    await runProgram(['report', '--repo', 'acme/ops', '--json', '--since', '2026-11-01T00:00:00Z', ...args], world);
    return world;
  }

  test('reports on the records that GitHub keeps', async () => {
    artifacts = RECORDS.map((_, n) => artifact(n));
    const {output, errorOutput, exitCode} = await ofRepository();
    expect([exitCode, errorOutput]).toEqual([0, '']);
    expect(JSON.parse(output)).toEqual({...EXPECTED, unreadable: 0});
  });

  test('reads pages until a record is too old, and downloads no older ones', async () => {
    artifacts = Array.from({length: 250}, (_, n) => artifact(n, n >= 120 ? {created_at: '2026-10-01T00:00:00Z'} : {}));
    onDownload = n => zipped(RECORDS.slice(n % RECORDS.length).slice(0, 1));
    await ofRepository();
    const listed = github.requests.filter(({path}) => path.endsWith('/artifacts'));
    const downloaded = github.requests.filter(({path}) => path.startsWith('/blob/'));
    expect([listed.length, downloaded.length]).toEqual([2, 120]);
  });

  test('fails if a record is missing, and counts the others', async () => {
    artifacts = [artifact(0), artifact(1, {expired: true}), artifact(2)];
    onDownload = n => (n === 2 ? {status: 410, body: 'gone'} : zipped(RECORDS.slice(0, 1)));
    const {output, errorOutput, exitCode} = await ofRepository();
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      changes: 1,
      failures: [/expired/, /run 2/].map(one => expect.stringMatching(one)),
    });
    expect(errorOutput).toMatch(
      /1 records have expired.*\nThe record of run 2 cannot be read: the download was answered 410/,
    );
  });

  test('stops the downloads at a limit of GitHub', async () => {
    artifacts = Array.from({length: 30}, (_, n) => artifact(n));
    onDownload = () => ({status: 429, headers: {'retry-after': '60'}, body: ''});
    const {errorOutput, exitCode} = await ofRepository();
    expect(exitCode).toBe(1);
    expect(errorOutput).toContain('24 more records were not downloaded: GitHub limits the requests.');
    expect(github.requests.filter(({path}) => path.startsWith('/blob/'))).toHaveLength(6);
  });

  test.each<[string, Record<string, string>, number, RegExp]>([
    ['no token', {GITHUB_TOKEN: ''}, 2, /GITHUB_TOKEN is missing/],
    ['a token that may not', {GITHUB_TOKEN: 'other'}, 1, /cannot be listed: .* 401.*`actions: read`/],
  ])('%s', async (_name, env, code, says) => {
    world = aCliWorld({env: {GITHUB_TOKEN: 't', GITHUB_API_URL: github.url, ...env}});
    await runProgram(['report', '--repo', 'acme/ops'], world);
    expect(world.exitCode).toBe(code);
    expect(world.errorOutput).toMatch(says);
  });
});

test.each([
  [[], 'or set --repo owner/name'],
  [['--repo', 'nonsense'], '--repo must be owner/name'],
  [['--repo', 'nonsense'], 'GITHUB_TOKEN is missing'],
  [['nowhere'], "nowhere can't be read"],
  [['empty'], 'no .jsonl file in empty. '],
  [['records', '--since', 'soon'], '--since soon is neither'],
])('%j is invalid usage', async (args, says) => {
  const {errorOutput, exitCode} = await report(args, {'empty/readme.txt': ''});
  expect(errorOutput).toContain(says);
  expect(exitCode).toBe(2);
});
