/** Starts the relay and the baselines in the same way. */
import {fileURLToPath} from 'node:url';
import {type Measured, startMeasured} from './child.ts';
import {SECRET} from './messages.ts';

const ROOT = new URL('../../', import.meta.url);

/** `RELAY_ENTRY` and `ACTION_ENTRY` replace the bundles in dist/. */
export const RELAY = process.env['RELAY_ENTRY'] ?? pathOf('dist/relay/index.js');
export const ACTION = process.env['ACTION_ENTRY'] ?? pathOf('dist/index.js');
export const NODE_HTTP = fileURLToPath(new URL('./baseline-node-http.js', import.meta.url));
export const EXPRESS = fileURLToPath(new URL('./baseline-express.js', import.meta.url));

/** A file of the repository. */
export function pathOf(file: string): string {
  return fileURLToPath(new URL(file, ROOT));
}

export type RelayEnv = Readonly<Record<string, string>>;

export function relayEnv(apiUrl: string, more: RelayEnv = {}): RelayEnv {
  return {
    PORT: '0',
    HOST: '127.0.0.1',
    PORT_CLIENT_SECRET: SECRET,
    GITHUB_REPOSITORY: 'acme/operations',
    GITHUB_TOKEN: 'github_pat_bench',
    GITHUB_API_URL: apiUrl,
    REACTOR_RULES: `file:${pathOf('.github/port-reactor.yml')}`,
    ...more,
  };
}

export function startRelay(apiUrl: string, more?: RelayEnv): Promise<Measured> {
  return startMeasured(RELAY, relayEnv(apiUrl, more));
}

export function startBaseline(file: string): Promise<Measured> {
  return startMeasured(file, {PORT_CLIENT_SECRET: SECRET});
}
