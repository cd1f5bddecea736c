import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {History} from '../../../src/demo/history.ts';
import {keepRecords, prepareOut} from '../../../src/demo/page/records.ts';
import {createSite} from '../../../src/demo/page/site.ts';
import {anEnd, aPost, aRun, CONTEXT} from '../a-run.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

describe('the folder of a demo', () => {
  test('is a new folder by default', () => {
    const [one, other] = [prepareOut(undefined, '/', folder), prepareOut(undefined, '/', folder)];
    expect(one).not.toBe(other);
    expect(one).toContain(join(folder, 'port-reactor-demo-'));
  });

  test('is created if it is missing, relative to the current folder', () => {
    expect(prepareOut('a/b', folder, tmpdir())).toBe(join(folder, 'a/b'));
    expect(existsSync(join(folder, 'a/b'))).toBe(true);
  });

  test('keeps all files except those of an earlier demo', () => {
    const out = prepareOut('out', folder, tmpdir());
    mkdirSync(join(out, 'run-7'));
    for (const file of ['run-7/log.txt', 'index.html', 'notes.txt']) writeFileSync(join(out, file), '');
    prepareOut('out', folder, tmpdir());
    expect(readdirSync(out).sort()).toEqual(['.port-reactor-demo', 'notes.txt']);
  });

  test('is never a folder with other files', () => {
    writeFileSync(join(folder, 'run-1'), 'mine');
    expect(() => prepareOut('run-1', folder, tmpdir())).toThrow(/run-1 is a file\. Choose a folder with --out/);
    expect(() => prepareOut('.', folder, tmpdir())).toThrow(
      /is not empty, and an earlier demo did not write it. Choose another folder with --out/,
    );
    expect(readFileSync(join(folder, 'run-1'), 'utf8')).toBe('mine');
  });
});

describe('the records', () => {
  test('have each finished run and the list of all runs', () => {
    const history = new History();
    keepRecords(history, folder, () => CONTEXT);
    history.put(aRun({state: 'in progress'}));
    expect(readdirSync(folder)).toEqual(['index.html']);
    const ended = anEnd({
      event: {action: 'x'},
      log: [{kind: 'error', text: 'bad'}],
      record: '{"change":{}}\n',
      summary: '<h2>Summary</h2>',
      posts: [aPost('x')],
    });
    history.put(aRun({ended}));
    const read = (name: string) => readFileSync(join(folder, 'run-1', name), 'utf8');
    expect(readdirSync(join(folder, 'run-1')).sort()).toEqual([
      'decisions.jsonl',
      'event.json',
      'index.html',
      'log.txt',
      'outputs.json',
      'slack.json',
      'summary.html',
    ]);
    expect([read('log.txt'), read('decisions.jsonl')]).toEqual(['##[error]bad\n', '{"change":{}}\n']);
    expect(JSON.parse(read('event.json'))).toEqual({action: 'x'});
    expect(JSON.parse(read('outputs.json'))).toEqual({outcome: 'reacted'});
    expect(JSON.parse(read('slack.json'))).toEqual([{status: 200, answer: 'ok', message: aPost('x').message}]);
    expect(read('summary.html')).toContain('<h2>Summary</h2>');
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('href="run-1/index.html"');
  });
});

describe('the site', () => {
  const ask = async (path: string, host = '127.0.0.1:4000', method = 'GET') => {
    const history = new History();
    keepRecords(history, folder, () => CONTEXT);
    history.put(aRun({ended: anEnd()}));
    writeFileSync(join(folder, 'run-1', 'private.txt'), 'x');
    const site = createSite(history, folder, () => CONTEXT);
    return await site({method, path, headers: {host}, query: new URLSearchParams(), text: ''}, undefined as never);
  };

  test.each([
    ['/', 'text/html', 'EventSource'],
    ['/run-1/', 'text/html', 'Job summary'],
    ['/run-1/index.html', 'text/html', 'Job summary'],
    ['/run-1/outputs.json', 'application/json', 'reacted'],
    ['/run-1/log.txt', 'text/plain', ''],
  ])('serves %s', async (path, type, part) => {
    const headers = expect.objectContaining({'content-type': `${type}; charset=utf-8`});
    expect(await ask(path)).toEqual({status: 200, headers, body: expect.stringContaining(part)});
  });

  test('redirects from the URL in messages to the page of the run', async () => {
    const reply = await ask('/acme/operations/actions/runs/1');
    expect(reply).toEqual({status: 302, headers: {location: '/run-1/index.html'}});
  });

  test.each([
    '/run-1/private.txt',
    '/run-1/../index.html',
    '/run-2/index.html',
    '/.port-reactor-demo',
    '/run-1/job/temp',
    '/run-1/..',
  ])('serves nothing else: %s', async path => {
    expect(await ask(path)).toMatchObject({status: 404});
  });

  test('is served read-only, and only to this machine', async () => {
    expect(await ask('/', 'evil.example')).toMatchObject({status: 421});
    expect(await ask('/', 'localhost:4000')).toMatchObject({status: 200});
    expect(await ask('/', undefined, 'POST')).toMatchObject({status: 405});
  });
});
