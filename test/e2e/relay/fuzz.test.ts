/**
 * Thousands of hostile requests to the built relay, generated from a seed. The relay accepts no request without a valid
 * signature, does not crash and logs no unverified text. `FUZZ_REQUESTS=50000` makes a long run. `FUZZ_SEED=<n>` repeats a run.
 */
import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {decodeClientPayload} from '../../../src/change/payload/client-payload.ts';
import {exchange} from '../../helpers/processes/raw-client.ts';
import {type RelayProcess, startRelayProcess} from '../../helpers/processes/relay-process.ts';
import {type GitHubServer, startGitHubServer} from '../../helpers/servers/github-server.ts';
import {
  type HostileOptions,
  type HostileRequest,
  hostileRequests,
  validRequest,
} from '../../helpers/values/hostile-requests.ts';
import {createRandom, seedFrom} from '../../helpers/values/random.ts';
import {TRIES_ALL} from '../../helpers/values/runs.ts';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? (TRIES_ALL ? 3000 : 1000));
const PARALLEL_REQUESTS = 24;
/** How long a test waits after an incomplete request. The relay waits longer for the rest. */
const HALF_A_REQUEST_MS = 500;
const MEGABYTE = 1024 * 1024;

const random = createRandom(seedFrom('FUZZ_SEED'));
const options: HostileOptions = {secret: 'fuzz-secret', random, canary: `canary${random.hex(16)}`, now: Date.now};

let github: GitHubServer;
let relay: RelayProcess;
beforeAll(async () => {
  github = await startGitHubServer();
  relay = await startRelayProcess({
    PORT: '0',
    HOST: '127.0.0.1',
    PORT_CLIENT_SECRET: options.secret,
    GITHUB_REPOSITORY: 'acme/operations',
    GITHUB_TOKEN: 'github_pat_fuzz',
    GITHUB_API_URL: github.url,
    REACTOR_RULES: 'none',
    REACTOR_MAX_DISPATCHES_PER_MINUTE: '1000',
  });
});
afterAll(async () => {
  await relay?.end('SIGKILL');
  await github?.close();
});

test(
  `${REQUESTS} hostile requests are refused without a crash or an unverified log line`,
  async () => {
    await storm(REQUESTS / 4); // warm-up
    const before = residentBytes(relay.pid);
    await storm((REQUESTS * 3) / 4);
    const grown = residentBytes(relay.pid) - before;

    expect({seed: random.seed, breaches: breaches.slice(0, 10)}).toEqual({seed: random.seed, breaches: []});
    expect([...seen]).toEqual(expect.arrayContaining([200, 202, 400, 401, 404, 405, 413, 415, 422, 431])); // every kind of response occurred
    expect(relay.isAlive).toBe(true);
    expect(
      await exchange(relay.port, Buffer.from('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')),
    ).toMatch(/^HTTP\/1.1 200 /);
    expect(await exchange(relay.port, validRequest(options))).toMatch(/^HTTP\/1.1 202 /);
    expect(relay.lines.filter(line => line.includes(options.canary))).toEqual([]);
    expect(relay.lines.filter(line => /"status":500|"bug"|^(?!\{)/.test(line))).toEqual([]);
    expect(grown).toBeLessThan(64 * MEGABYTE);
    for (const {client_payload: payload} of github.dispatches) {
      expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThanOrEqual(48 * 1024);
      decodeClientPayload(payload);
    }
  },
  60_000 + REQUESTS * 10,
);

/** Every status in the responses, and a message for every incorrect response. */
const seen = new Set<number>();
const breaches: string[] = [];

const attacks = hostileRequests(options);

/** Sends requests in parallel, each on its own connection. */
async function storm(count: number): Promise<void> {
  let left = count;
  const attack = async () => {
    while (left-- > 0) {
      const request = attacks.next().value;
      checkAnswer(request, await exchange(relay.port, request.bytes, HALF_A_REQUEST_MS));
    }
  };
  await Promise.all(Array.from({length: PARALLEL_REQUESTS}, attack));
}

/** Records incorrect answers. If the bytes were not a request, it is correct not to answer. */
function checkAnswer({name, isAuthentic, bytes}: HostileRequest, answer: string): void {
  for (const [, digits] of answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)) {
    const status = Number(digits);
    seen.add(status);
    const isWrong = status < 300 ? !isAuthentic : status >= 500 && status !== 503;
    if (isWrong) breaches.push(`${name}: answered ${status} to ${excerpt(bytes)}`);
  }
}

function excerpt(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1').slice(0, 2000));
}

/** The memory of the process. 0 if /proc is missing, and the test then skips the check. */
function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return 0;
  return Number(/VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}
