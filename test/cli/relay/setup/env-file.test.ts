import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseEnv} from 'node:util';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {readConfig} from '../../../../relay/config/config.ts';
import {isExposedToGit, lacksSecret, renderEnvFile, writeEnvFile} from '../../../../src/cli/relay/setup/env-file.ts';
import {APP_ID, GitHubApp} from '../../../helpers/servers/github-app.ts';
import {aSetup} from './a-setup.ts';

const {pem, privateKey: key} = new GitHubApp(0);
const APP = {id: APP_ID, pem, key, url: 'https://github.com/apps/port-reactor-acme'};
const CHANNEL = 'https://smee.io/abc';

describe('the file', () => {
  test('is read by the relay', () => {
    const text = renderEnvFile(APP, aSetup({portSecret: 'a,b'}), CHANNEL);
    const config = readConfig(parseEnv(text));
    expect(config).toMatchObject({
      credentials: {kind: 'app', appId: APP_ID},
      repository: {owner: 'acme', name: 'operations'},
      secrets: ['a', 'b'],
      apiUrl: 'https://api.github.com',
      proxyUrl: CHANNEL,
    });
    expect(config.credentials.kind === 'app' && config.credentials.privateKey.equals(key)).toBe(true);
  });

  test('has one variable on each line, without quotes, for Docker and shells', () => {
    const lines = renderEnvFile(APP, aSetup({portSecret: 'x'}), CHANNEL)
      .trimEnd()
      .split('\n');
    for (const line of lines) expect(line).toMatch(/^(#.*|[A-Z_]+=[\w.,:;+/=~@%^-]+)$/);
  });

  test('names the API of GitHub Enterprise, and no channel without smee', () => {
    const text = renderEnvFile(APP, aSetup({apiUrl: 'https://ghe.example/api/v3'}), undefined);
    expect(parseEnv(text)).toMatchObject({GITHUB_API_URL: 'https://ghe.example/api/v3'});
    expect(text).not.toContain('WEBHOOK_PROXY_URL');
  });

  test.each([undefined, 'a#b', 'a b', '"quoted"', 'a\nGITHUB_TOKEN=x', 'a$b', "it's"])(
    'prompts the user to add the secret %p',
    portSecret => {
      const text = renderEnvFile(APP, aSetup({portSecret}), undefined);
      expect(lacksSecret(text)).toBe(true);
      expect(text).toContain('# PORT_CLIENT_SECRET=\n');
    },
  );

  test('has any secret unchanged or not at all', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', minLength: 1}), portSecret => {
        const text = renderEnvFile(APP, aSetup({portSecret}), CHANNEL);
        const read = parseEnv(text);
        expect(Object.keys(read).filter(name => name !== 'PORT_CLIENT_SECRET')).toHaveLength(4);
        expect(read['PORT_CLIENT_SECRET']).toBe(lacksSecret(text) ? undefined : portSecret);
      }),
    );
  });
});

describe('writing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
  const path = join(folder, 'relay.env');

  test('creates a file that only its owner can read, and never overwrites it', () => {
    writeEnvFile(aSetup({path}), 'FIRST=1\n', APP);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => writeEnvFile(aSetup({path}), 'SECOND=1\n', APP)).toThrow(
      /the key of the new App is lost.*Delete the App/s,
    );
    expect(readFileSync(path, 'utf8')).toBe('FIRST=1\n');
  });

  test('outside of a repository does not expose the file to git', () => {
    expect(isExposedToGit(path)).toBe(false);
    rmSync(folder, {recursive: true});
  });
});
