/** Checks the files of the image, and runs its commands as its user in a read-only folder. */
import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {parseAllDocuments} from 'yaml';
import {readConfig} from '../../../relay/config/config.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const SETTINGS = {PORT_CLIENT_SECRET: 'secret', GITHUB_REPOSITORY: 'acme/operations', GITHUB_TOKEN: 'github_pat_1'};

/** The instructions of a Dockerfile, one per line and without comments. */
function instructionsOf(text: string): {name: string; rest: string}[] {
  const joined = text.replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, '');
  return joined.split('\n').flatMap(line => {
    const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return name === undefined || rest === undefined ? [] : [{name, rest}];
  });
}

const instructions = instructionsOf(read('relay/Dockerfile'));
const only = (name: string): string => {
  const found = instructions.filter(instruction => instruction.name === name);
  expect(found).toHaveLength(1);
  return found[0]?.rest ?? '';
};
/** The copied files, and their folders in the image. */
const copied = () =>
  instructions
    .filter(({name}) => name === 'COPY')
    .flatMap(({rest}) => {
      const parts = rest.split(' ');
      return parts.slice(0, -1).map(path => ({path, folder: parts.at(-1) ?? ''}));
    });
const BASE_NODE = '/nodejs/bin/node';

/** The image's user, if this process can switch to it and still start Node. Otherwise its own user. */
const [uid = 0, gid = 0] = only('USER').split(':').map(Number);
const canBecomeUser = process.getuid?.() === 0 && spawnSync(process.execPath, ['--version'], {uid, gid}).status === 0;
const asUser = canBecomeUser ? {uid, gid} : {};

let image: string;
let relay: ChildProcess;
let port: number;

/** Runs a command of the image with the local Node in a copy of the image's folder. */
const command = (argv: string[]) => argv.map(part => part.replace(BASE_NODE, process.execPath).replace('/app', image));

beforeAll(async () => {
  image = mkdtempSync(join(tmpdir(), 'port-reactor-image-'));
  for (const {path, folder} of copied()) {
    mkdirSync(join(image, folder), {recursive: true});
    const file = join(image, folder, basename(path));
    copyFileSync(join(ROOT, path), file);
    chmodSync(file, 0o444);
  }
  for (const folder of new Set(copied().map(one => one.folder))) chmodSync(join(image, folder), 0o555);
  const [node = '', ...args] = command([...JSON.parse(only('ENTRYPOINT')), ...JSON.parse(only('CMD'))]);
  const env = {
    ...SETTINGS,
    PORT: '0',
    HOST: '127.0.0.1',
    GITHUB_API_URL: 'http://127.0.0.1:9',
    NODE_ENV: 'production',
  };
  relay = spawn(node, args, {...asUser, cwd: image, env, stdio: ['ignore', 'pipe', 'inherit']});
  for await (const line of createInterface({input: relay.stdout as NodeJS.ReadableStream})) {
    const {msg, port: chosen} = JSON.parse(line);
    if (msg === 'listening') port = chosen;
    if (port !== undefined) break;
  }
  relay.stdout?.resume();
});
afterAll(() => {
  relay?.kill('SIGKILL');
  chmodSync(image, 0o755);
  rmSync(image, {recursive: true, force: true});
});

test('copies the built relay and its licenses, and the build context contains only these', () => {
  const paths = copied().map(({path}) => path);
  expect(paths.filter(path => !existsSync(join(ROOT, path)))).toEqual([]);
  expect(paths.map(path => basename(path))).toEqual(
    expect.arrayContaining(['LICENSE', 'licenses.txt', 'package.json']),
  );
  const [first, ...allowed] = read('.dockerignore')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'));
  expect(first).toBe('*');
  const folders = allowed.map(line => line.replace('!', ''));
  expect(paths.filter(path => !folders.some(folder => path === folder || path.startsWith(`${folder}/`)))).toEqual([]);
});

test('does not run as root and has no install step', () => {
  expect(only('FROM')).toMatch(/^gcr\.io\/distroless\/nodejs24-debian\d+:nonroot/);
  expect([uid, gid]).toEqual([65532, 65532]);
  expect(instructions.filter(({name}) => name === 'RUN' || name === 'ADD')).toEqual([]);
  expect(Number(only('EXPOSE'))).toBe(readConfig(SETTINGS).port);
  expect(only('STOPSIGNAL')).toBe('SIGTERM');
});

test('starts in a read-only folder', async () => {
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toEqual({status: 'ok'});
  const files = readdirSync(image, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile());
  expect(files).toHaveLength(copied().length);
});

test('has the command line, for the reconcile job next to the relay', () => {
  const [cronJob] = parseAllDocuments(read('deploy/kubernetes-reconcile.yaml')).map(document => document.toJS());
  const {args} = cronJob.spec.jobTemplate.spec.template.spec.containers[0];
  const [node = '', ...rest] = command([...JSON.parse(only('ENTRYPOINT')), ...args]);
  const {status, stderr} = spawnSync(node, rest, {...asUser, cwd: image, env: {}, encoding: 'utf8'});
  expect(stderr).toContain('PORT_CLIENT_ID is not set');
  expect(status).toBe(2);
});

const healthCheck = async (at: number, host: Record<string, string> = {}) => {
  const [, json = '[]'] = /CMD (\[.*\])$/.exec(only('HEALTHCHECK')) ?? [];
  const [node = '', ...args] = command(JSON.parse(json));
  const child = spawn(node, args, {...asUser, cwd: image, env: {PORT: String(at), ...host}, stdio: 'inherit'});
  const [code] = await once(child, 'exit');
  return code;
};

test('has a health check that passes if the relay runs and fails otherwise', async () => {
  expect(await healthCheck(port)).toBe(0);
  expect(await healthCheck(9)).toBe(1);
});

test.each([
  ['0.0.0.0', '127.0.0.1'],
  [' 127.0.0.2 ', '127.0.0.2'],
  ['::', '::1'],
  ['::1', '::1'],
  ['localhost', 'localhost'],
])('has a health check that uses HOST=%s', async (HOST, address) => {
  const server = createServer((request, response) => response.writeHead(request.url === '/healthz' ? 200 : 404).end());
  await once(server.listen(0, address), 'listening');
  expect(await healthCheck((server.address() as AddressInfo).port, {HOST})).toBe(0);
  server.close();
});

test('exits with 0 on its stop signal', async () => {
  const exited = once(relay, 'exit');
  relay.kill(only('STOPSIGNAL') as NodeJS.Signals);
  expect(await exited).toEqual([0, null]);
  expect(await healthCheck(port)).toBe(1);
});
