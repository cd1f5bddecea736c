import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {createPortRuns} from '../../../relay/port/port-runs.ts';
import {type PortServer, startPortServer} from '../../helpers/servers/port-server.ts';

let port: PortServer;
beforeEach(async () => {
  port = await startPortServer();
  port.startRun('r_1');
  port.startRun('r_2');
});
afterEach(() => port.close());

const report = {status: 'SUCCESS', summary: 'why'} as const;

function runsWith(...secrets: string[]) {
  const {clientId, apiUrl} = port.credentials;
  return createPortRuns({clientId, apiUrl, secrets}, {fetch, sleep: async () => {}});
}

/** The secrets that were sent to Port, in order. */
const shown = () =>
  port.requests.flatMap(({json}) => {
    const secret = (json as {clientSecret?: string}).clientSecret;
    return secret === undefined ? [] : [secret];
  });

test('closes a run in one request, without link and log line', async () => {
  await expect(runsWith(port.credentials.clientSecret).closeRun('r_1', report)).resolves.toEqual({outcome: 'closed'});
  expect(port.calls).toEqual(['PATCH /v1/actions/runs/r_1?version=v2']);
  expect(port.requests.at(-1)?.json).toEqual({summary: 'why', status: 'SUCCESS'});
  expect(port.runs.get('r_1')).toEqual({status: 'SUCCESS', summary: 'why', logs: []});
});

test('tries the secrets of a rotation until one is accepted, and keeps that one', async () => {
  const good = port.credentials.clientSecret;
  const runs = runsWith('former', 'next', good);
  await runs.closeRun('r_1', report);
  expect(shown()).toEqual(['former', 'next', good]);
  await runs.closeRun('r_2', report);
  expect(shown()).toHaveLength(3);
  expect(port.runs.get('r_2')?.status).toBe('SUCCESS');
});

test('reports that no secret is accepted, without printing one', async () => {
  const closing = runsWith('former-secret', 'next-secret').closeRun('r_1', report);
  await expect(closing).rejects.toMatchObject({
    status: 401,
    message: expect.stringMatching(/answered 401 .*Check PORT_CLIENT_ID and PORT_CLIENT_SECRET/),
  });
  await expect(closing).rejects.not.toThrow(/former-secret|next-secret/);
  expect(shown()).toEqual(['former-secret', 'next-secret']);
});

test('does not try another secret after another kind of refusal', async () => {
  await expect(runsWith(port.credentials.clientSecret, 'next').closeRun('r_9', report)).rejects.toThrow(/answered 404/);
  expect(shown()).toEqual([port.credentials.clientSecret]);
});
