import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {checkPort} from '../../../../src/cli/doctor/checks/check-port.ts';
import {type PortServer, startPortServer} from '../../../helpers/servers/port-server.ts';

let [europe, america]: PortServer[] = [];
const deps = {fetch, sleep: async () => {}};

beforeEach(async () => {
  [europe, america] = await Promise.all([startPortServer(), startPortServer()]);
});
afterEach(() => Promise.all([europe?.close(), america?.close()]));

function ask(regions: readonly string[]) {
  const {credentials, url} = europe as PortServer;
  (europe as PortServer).replyAll = () => ({status: 401, body: {ok: false, error: 'unauthorized'}});
  return checkPort({...credentials, apiUrl: `${url}/v1/`}, deps, regions);
}

test('names the region of credentials of another region', async () => {
  const {findings, isKnown} = await ask([europe?.url ?? '', america?.url ?? '']);
  expect(isKnown).toBe(false);
  expect(findings[0]?.sentence).toContain(`They belong to the region ${america?.url}`);
  expect(findings[0]?.fix).toMatch(/^Set PORT_API_URL=/);
});

test('sends the secret to no server of Port if the URL is another server', async () => {
  const {findings} = await ask([america?.url ?? '']);
  expect(findings[0]?.sentence).toMatch(/401/);
  expect(america?.requests).toEqual([]);
});
