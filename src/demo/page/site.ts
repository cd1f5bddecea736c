/** Serves the demo's pages while it runs. The list reloads itself after each change. */
import {existsSync, readFileSync} from 'node:fs';
import type {ServerResponse} from 'node:http';
import {join} from 'node:path';
import type {Handler, Reply} from '../../ui/local-server.ts';
import type {History} from '../history.ts';
import {FILES, renderIndex} from './page.ts';
import {type RunPageContext, runLink} from './run-link.ts';

/** The routes of the pages. Undefined for any other path. */
export function createSite(history: History, folder: string, context: () => RunPageContext): Handler {
  return ({method, path, headers}, response) => {
    // Rejects other host names, so that a page of another site cannot read this one by DNS rebinding.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) return {status: 421, body: {message: 'Who?'}};
    if (method !== 'GET') return {status: 405, headers: {allow: 'GET'}, body: {message: 'Use GET.'}};
    if (path === '/' || path === '/index.html') {
      return document(renderIndex(history.runs, history.deliveries, {...context(), isLive: true}));
    }
    if (path === '/favicon.ico') return {status: 204};
    if (path === '/events') return streamChanges(history, response);
    const {serverUrl} = context();
    const run = runLink(`${serverUrl}${path}`, context());
    if (run !== undefined) return {status: 302, headers: {location: `/${run}/index.html`}};
    return serveFile(path, folder);
  };
}

const TYPES: Readonly<Record<string, string>> = {html: 'text/html', json: 'application/json'};

/** Serves only the files that the demo writes, so that a path cannot leave the folder. */
function serveFile(path: string, folder: string): Reply {
  const [, run, name = ''] = /^\/(run-\d{1,9})\/([\w.]*)$/.exec(path) ?? [];
  const file = name === '' ? 'index.html' : name;
  if (run === undefined || !['index.html', ...FILES].includes(file) || !existsSync(join(folder, run, file))) {
    return {status: 404, headers: {'content-type': 'text/plain; charset=utf-8'}, body: 'Page not found.\n'};
  }
  const type = TYPES[file.replace(/^.*\./, '')] ?? 'text/plain';
  return document(readFileSync(join(folder, run, file), 'utf8'), type);
}

function document(body: string, type = 'text/html'): Reply {
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
  return {status: 200, headers, body};
}

/** Changes within this time are reported as one. */
const QUIET_MS = 200;

function streamChanges(history: History, response: ServerResponse): undefined {
  response.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-store'});
  response.write(': changes of the list\n\n');
  let timer: NodeJS.Timeout | undefined;
  const stop = history.onChange(() => {
    clearTimeout(timer);
    timer = setTimeout(() => response.write('data: changed\n\n'), QUIET_MS);
  });
  response.on('close', () => {
    clearTimeout(timer);
    stop();
  });
}
