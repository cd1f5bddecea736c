import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {fetch} from '../../src/base/http/fetch.ts';
import {readRun} from '../../src/base/run.ts';
import {readRepository} from '../../src/lint/read-repository.ts';
import {checkMonth, monthTitle} from '../../src/lint-mode/month.ts';
import {renderMonth} from '../../src/lint-mode/month-summary.ts';
import {NOW} from '../helpers/processes/cli-world.ts';
import {temporaryDirectory} from '../helpers/processes/run-script.ts';
import {auditEntry} from '../helpers/servers/port-audit-log.ts';
import {type PortServer, startPortServer} from '../helpers/servers/port-server.ts';
import {aChange} from '../helpers/values/a-change.ts';

const RULES = '.github/port-reactor.yml';
const RECORDING = '.github/port-reactor.recording.ndjson';
const PROTECTED = '.github/port-reactor.protected.yml';
const rules = (to: string) =>
  `version: 1\nrules: [{name: bad, blueprint: deploymentConfig, property: healthStatus, to: ${to}, notify: true}]\n`;
const CHANGES = [0, 1, 2].flatMap(day => {
  const at = (minute: number) => new Date(NOW - (day + 1) * 86_400_000 + minute * 60_000).toISOString();
  const [entity, to] = [`e${day}`, day === 0 ? 'Crashed' : 'Degraded'];
  return [aChange({entity, at: at(0), from: 'Healthy', to}), aChange({entity, at: at(5), from: to, to: 'Healthy'})];
});
const recording = CHANGES.map(change => `${JSON.stringify(change)}\n`).join('');
const protectedFile = (...items: string[]) => `version: 1\nprotected:\n${items.map(item => `  - ${item}\n`).join('')}`;
const at = (day: number) => new Date(NOW - (day + 1) * 86_400_000).toISOString();

let root: string;
let remove: () => Promise<void>;
let port: PortServer;
beforeEach(async () => {
  port = await startPortServer();
  ({path: root, remove} = await temporaryDirectory());
});
afterEach(async () => {
  await port.close();
  await remove();
});

async function look(
  files: Readonly<Record<string, string>>,
  {base = rules('[Degraded, Crashed]'), withPort = false} = {},
) {
  const all = {[RULES]: rules('Crashed'), ...files};
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, 'work', name)), {recursive: true});
    writeFileSync(join(root, 'work', name), text);
  }
  const workspace = join(root, 'work');
  const inputs = {
    repository: readRepository(workspace, RULES),
    base: {sha: 'abc', rules: {file: RULES, text: base}, readText: () => ''},
    port: withPort ? port.credentials : undefined,
    run: readRun({GITHUB_WORKSPACE: workspace, RUNNER_TEMP: root}),
  };
  return checkMonth(inputs, {fetch, sleep: async () => {}, now: () => NOW});
}

describe('a recording next to the rules', () => {
  test('shows the effect of the change on the recorded month, with links', async () => {
    const {month, problems, isUnprotected} = await look({[RECORDING]: recording});
    if (month === undefined) throw new Error('no month');
    expect(monthTitle(month)).toBe(
      'the recording, 2026-11-17 to 2026-11-19 with this change: 6 → 2 messages, 0 new, 4 gone',
    );
    expect({problems, isUnprotected}).toEqual({problems: [], isUnprotected: false});
    const summary = renderMonth(month)
      .map(({markup}) => markup)
      .join('');
    expect(summary).toContain('https://app.port.io/deploymentConfigEntity?identifier=e1');
    expect(summary.match(/➖ gone/g)).toHaveLength(4);
  });

  test('a protected incident whose message is lost is a mistake at its line', async () => {
    const list = protectedFile(`{ entity: e0, at: ${at(0)} }`, `{ entity: e1, at: ${at(1)}, reason: the outage }`);
    const {problems} = await look({[RECORDING]: recording, [PROTECTED]: list});
    expect(problems).toEqual([
      {
        file: PROTECTED,
        line: 4,
        column: 5,
        message: expect.stringMatching(/^the incident of e1 at .* \(the outage\) is no longer reported\./),
      },
    ]);
  });

  test.each([
    ['rule: other', 1],
    ['rule: bad', 0],
    ['slack: ops', 1],
    ['slack: [default, ops]', 0],
    ['blueprint: deploymentConfig', 0],
  ])('with %s, %i incidents are lost', async (keys, lost) => {
    const {problems} = await look({
      [RECORDING]: recording,
      [PROTECTED]: protectedFile(`{ entity: e0, at: ${at(0)}, ${keys} }`),
    });
    expect(problems).toHaveLength(lost);
  });

  test('a protected incident that is not in the recording adds a remark', async () => {
    const {problems, remarks} = await look({
      [RECORDING]: recording,
      [PROTECTED]: protectedFile('{ entity: e0, at: 2020-01-01T00:00:00Z }'),
    });
    expect(problems).toEqual([]);
    expect(remarks).toEqual([expect.stringMatching(/^The protected incident e0 at 2020-.* was not checked/)]);
  });
});

test("with credentials, Port's audit log of the last 30 days is read", async () => {
  port.audit.record(...CHANGES.map(change => auditEntry(change)));
  const {month} = await look({}, {withPort: true});
  expect(month?.period).toBe('the last 30 days');
  expect(month?.headline).toBe('6 → 2 messages, 0 new, 4 gone');
});

describe('a month of changes that cannot be read', () => {
  test('is not mentioned without a recording and credentials', async () => {
    expect(await look({})).toEqual({problems: [], remarks: [], isUnprotected: false});
  });

  test('fails the step if an incident is protected', async () => {
    const list = protectedFile(`{ entity: e0, at: ${at(0)} }`);
    expect(await look({[PROTECTED]: list})).toMatchObject({
      isUnprotected: true,
      remarks: [expect.stringContaining('were not checked')],
    });
    port.replyAll = ({path}) =>
      path === '/v1/audit-log' ? {status: 403, body: {ok: false, error: 'forbidden'}} : undefined;
    expect(await look({[PROTECTED]: list}, {withPort: true})).toMatchObject({isUnprotected: true});
  });

  test('adds a remark if no incident is protected', async () => {
    port.replyAll = ({path}) =>
      path === '/v1/audit-log' ? {status: 403, body: {ok: false, error: 'forbidden'}} : undefined;
    expect(await look({}, {withPort: true})).toMatchObject({
      isUnprotected: false,
      problems: [],
      remarks: [expect.stringMatching(/^The last 30 days could not be checked: /)],
    });
  });
});
