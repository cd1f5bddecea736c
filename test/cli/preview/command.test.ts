import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {explain} from '../../../src/cli/explain/explanation.ts';
import {messageLinksOf} from '../../../src/cli/explain/message-links.ts';
import {previewOf} from '../../../src/cli/preview/preview.ts';
import {renderPreviewPage} from '../../../src/cli/preview/preview-page.ts';
import {runProgram} from '../../../src/cli/program.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {aCliWorld, NOW, type TestWorld, type WorldOptions} from '../../helpers/processes/cli-world.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {hostileChanges} from '../../helpers/values/hostile.ts';
import {runs} from '../../helpers/values/runs.ts';

const RULES = `
version: 1
mute:
  - {name: freeze, match: {team: frozen}, when: {days: [fri]}, zone: UTC, reason: no deployments}
routes:
  - {match: {team: payments}, slack: payments}
rules:
  - {name: health-changed, blueprint: deploymentConfig, property: healthStatus, notify: true}
  - {name: deleted, blueprint: deploymentConfig, on: deleted, remediate: {job: clean-up}}
`;

const worlds: TestWorld[] = [];
afterEach(() => {
  for (const used of worlds.splice(0)) used.remove();
});

async function preview(changes: readonly unknown[], args: readonly string[] = [], options: WorldOptions = {}) {
  const input = JSON.stringify({version: 1, title: '', partition: 0, changes});
  const world = aCliWorld({input, ...options, files: {'.github/port-reactor.yml': RULES, ...options.files}});
  worlds.push(world);
  await runProgram(['preview', '-', ...args], world);
  return world;
}

describe('on a terminal', () => {
  test('draws each message, with --link also for the Block Kit Builder', async () => {
    const two = [aChange({team: ['payments']}), aChange({entity: 'other'})];
    expect((await preview(two)).output).not.toMatch(/Block Kit|https:/);
    const {output, exitCode} = await preview(two, ['--link']);
    expect(exitCode).toBe(0);
    expect(output).toContain('Slack: to payments  by health-changed\n  Route: routes[0] (team: payments) → payments\n');
    expect(output).toContain('Slack: to default  by health-changed\n  Route: no route matched: using default\n');
    expect(output).toContain('  │ 🔵 INFO · Notification Service Production\n  │ healthStatus: Healthy → Degraded\n');
    expect(
      output.match(/^ {2}In the Block Kit Builder: https:\/\/app\.slack\.com\/block-kit-builder#%7B\S+$/gm),
    ).toHaveLength(2);
  });

  test.each<[string, unknown, RegExp]>([
    [
      'no rule matches',
      aChange({from: 'Healthy', to: 'Healthy'}),
      /health-changed does not match: healthStatus did not change/,
    ],
    ['the matching rule does not notify', aChange({action: 'DELETE'}), /deleted matches, but has no `notify`/],
    [
      'no rule watches the blueprint',
      aChange({blueprint: 'service'}),
      /No rule watches blueprint service of notification-service-prod/,
    ],
    [
      'it is muted',
      aChange({team: ['frozen']}),
      /- Not sent to default: muted by freeze: no deployments, until .* by health-changed, for notification-service-prod\./,
    ],
  ])('shows why there is no message if %s', async (_name, change, why) => {
    const {output, exitCode} = await preview([change]);
    expect(output).toContain('No messages.\n- ');
    expect(output.replace(/\s+/g, ' ')).toMatch(why);
    expect(output).toMatch(/To see every condition, run: node \S+\/dist\/cli\/index\.js explain -/);
    expect(exitCode).toBe(0);
  });
});

test('reports in every format that an event has no time', async () => {
  const event = {
    action: 'UPDATE',
    context: {blueprintIdentifier: 'deploymentConfig', entityIdentifier: 'checkout'},
    diff: {before: {properties: {healthStatus: 'Healthy'}}, after: {properties: {healthStatus: 'Degraded'}}},
  };
  const world = await preview([], ['--html', 'x.html'], {input: JSON.stringify(event)});
  expect(world.output).toContain('The event has no time, so the current time is shown.\n');
  expect(readFileSync(join(world.cwd, 'x.html'), 'utf8')).toContain(
    'The event has no time, so the current time is shown.',
  );
  expect((await preview([aChange()])).output).not.toContain('names none');
});

test('the help names decision records and --link', async () => {
  const {output} = await preview([], ['--help']);
  expect(output).toContain('preview [options] [event.json | decisions file]');
  expect(output).toMatch(/--link +also print a link/);
});

test('prints as JSON exactly the payloads that would be posted', async () => {
  const {output} = await preview([aChange()], ['--json'], {
    env: {GITHUB_REPOSITORY: 'acme/ops', PORT_API_URL: 'https://api.us.port.io'},
  });
  const {messages, reasons} = JSON.parse(output);
  expect(reasons).toEqual([]);
  expect(messages).toMatchObject([
    {slack: 'default', rules: ['health-changed'], payload: {unfurl_links: false, blocks: expect.any(Array)}},
  ]);
  const [{payload, blockKitBuilder}] = messages;
  expect(JSON.stringify(payload)).toContain('https://github.com/acme/ops/actions/runs/1');
  expect(JSON.stringify(payload)).toContain('https://app.us.port.io/deploymentConfigEntity');
  expect(JSON.parse(decodeURIComponent(new URL(blockKitBuilder).hash.slice(1)))).toEqual({blocks: payload.blocks});
});

describe('as a page', () => {
  const pageOf = async (changes: readonly unknown[]) => {
    const world = await preview(changes, ['--html', 'preview.html']);
    expect(world.output).toContain('The page: preview.html');
    return readFileSync(join(world.cwd, 'preview.html'), 'utf8');
  };

  test('is one file that runs and loads nothing', async () => {
    const page = await pageOf([aChange({team: ['payments']})]);
    expect(page).toMatch(
      /^<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;;/,
    );
    expect(page).toContain('<section><header>payments</header>');
    expect(page).toContain('<b>Notification Service Production</b>');
    expect(page).not.toMatch(/<script|<img|<link|@import|url\(/i);
  });

  test('shows why there is no message', async () => {
    const page = await pageOf([aChange({blueprint: 'service'})]);
    expect(page).toContain('<section class="unsent"><header>Not sent</header>');
    expect(page).toContain('section:not(.unsent)>header::before{content:"# "');
    expect(page).toContain('<li>No rule watches blueprint service');
  });

  test('shows text of the catalog as text', () => {
    const rules = parseRules(RULES, 'rules.yml');
    const messageLinks = messageLinksOf({});
    fc.assert(
      fc.property(fc.array(hostileChanges(), {minLength: 1, maxLength: 3}), fc.string(), (list, name) => {
        const subject = {isRecord: false, changes: list.map(change => ({change})), remarks: [name]};
        const page = renderPreviewPage(previewOf(explain(rules, subject, {nowMs: NOW, messageLinks})), name, NOW);
        expect(page.match(/<(script|img|svg|iframe|style)\b/gi)).toEqual(['<style']);
        expect(page).not.toMatch(/href="(?!https?:)/i);
        expect(page).not.toMatch(/<[a-z][^>]*\son\w+=/i);
      }),
      {numRuns: runs(300)},
    );
  });
});

test.each<[string, readonly string[], number, RegExp]>([
  [
    'a missing folder',
    ['--html', 'no/where.html'],
    2,
    /--html no\/where\.html can't be written: its folder does not exist\. Create it/,
  ],
  ['a folder', ['--html', '.'], 2, /--html \. can't be written: it is a folder\. Add the name of a file/],
  ['an unknown option', ['--htm', 'x'], 2, /unknown option/],
])('%s exits with 2', async (_name, args, exitCode, message) => {
  const world = await preview([aChange()], args);
  expect(world.errorOutput).toMatch(message);
  expect(world.exitCode).toBe(exitCode);
  expect(existsSync(join(world.cwd, 'x'))).toBe(false);
});
