import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {fetch} from '../../src/base/http/fetch.ts';
import {readRepository} from '../../src/lint/read-repository.ts';
import {loadBlueprints} from '../../src/lint-mode/known-blueprints.ts';
import {aCliWorld, type TestWorld} from '../helpers/processes/cli-world.ts';
import {type PortServer, startPortServer} from '../helpers/servers/port-server.ts';
import {rulesFile} from '../helpers/values/plans.ts';

const RULES = '.github/port-reactor.yml';
const FOLDER = '.github/blueprints';

let port: PortServer;
let world: TestWorld;
beforeEach(async () => {
  port = await startPortServer();
});
afterEach(async () => {
  world.remove();
  await port.close();
});

const blueprint = (identifier: string) => JSON.stringify({identifier, schema: {properties: {}}});

function known(files: Readonly<Record<string, string>>, withPort = false) {
  world = aCliWorld({files: {[RULES]: rulesFile(), ...files}});
  const credentials = withPort ? {...port.credentials, apiUrl: port.url} : undefined;
  const repository = readRepository(world.cwd, RULES);
  return loadBlueprints({repository, root: world.cwd, port: credentials}, {fetch, sleep: async () => {}});
}

test('reads the files of the folder in order, with their mistakes', async () => {
  const {blueprints, files, problems} = await known({
    [`${FOLDER}/b.json`]: blueprint('database'),
    [`${FOLDER}/a.json`]: '{"identifier": "a"}',
    [`${FOLDER}/readme.md`]: 'no blueprint',
  });
  expect(files).toEqual([`${FOLDER}/a.json`, `${FOLDER}/b.json`]);
  expect([...blueprints.known.keys()]).toContain('database');
  expect(problems).toMatchObject([{file: `${FOLDER}/a.json`, line: 1}]);
});

test('finds no blueprints without a folder', async () => {
  expect(await known({})).toMatchObject({blueprints: {names: []}, files: [], problems: []});
});

test("prefers Port's own blueprints to files, if there are credentials", async () => {
  port.blueprints.set('deploymentConfig', {schema: {properties: {}}});
  const {blueprints, files} = await known({[`${FOLDER}/b.json`]: blueprint('database')}, true);
  expect([...blueprints.known.keys()]).toEqual(['deploymentConfig']);
  expect(files).toEqual([]);
});
