import {generateKeyPairSync} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import {type RelayConfig, readConfig} from '../../../relay/config/config.ts';
import type {Env} from '../../../relay/config/environment.ts';
import {ConfigError} from '../../../src/base/errors.ts';
import {RELAY_VARIABLES} from '../../../src/base/settings/relay-variables.ts';

const required = {
  PORT_CLIENT_SECRET: 'port-secret',
  GITHUB_REPOSITORY: 'acme/operations',
  GITHUB_TOKEN: 'github-token',
};

const PEM = String(generateKeyPairSync('rsa', {modulusLength: 2048}).privateKey.export({type: 'pkcs1', format: 'pem'}));
const APP = {GITHUB_TOKEN: '', GITHUB_APP_ID: '12345', GITHUB_APP_PRIVATE_KEY: PEM};

/** The messages of all problems. Fails without a problem. */
function problemsOf(env: Env): string[] {
  try {
    readConfig({...required, ...env});
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({message}) => message);
    throw error;
  }
  throw new Error('the settings were accepted');
}

describe('readConfig', () => {
  test('needs only three variables', () => {
    expect(readConfig(required)).toEqual({
      port: 3000,
      host: '0.0.0.0',
      secrets: ['port-secret'],
      repository: {owner: 'acme', name: 'operations'},
      credentials: {kind: 'token', token: 'github-token'},
      apiUrl: 'https://api.github.com',
      eventType: 'port-catalog-change',
      rules: {kind: 'repository', path: '.github/port-reactor.yml'},
      partitions: 4,
      dispatchesPerMinute: 60,
      ackTimeoutMs: 8000,
      toleranceSeconds: 300,
      maxBodyBytes: 1_048_576,
      portClientId: undefined,
      portApiUrl: 'https://api.port.io',
      proxyUrl: undefined,
      logLevel: 'info',
    } satisfies RelayConfig);
  });

  test('treats an empty variable as not set', () => {
    const optional = [
      'PORT',
      'HOST',
      'GITHUB_API_URL',
      'REACTOR_EVENT_TYPE',
      'REACTOR_RULES',
      'REACTOR_PARTITIONS',
      'REACTOR_ACK_TIMEOUT_SECONDS',
      'REACTOR_SIGNATURE_TOLERANCE_SECONDS',
      'REACTOR_MAX_BODY_BYTES',
      'WEBHOOK_PROXY_URL',
      'LOG_LEVEL',
      'PORT_CLIENT_ID',
      'PORT_API_URL',
      'GITHUB_APP_ID',
      'GITHUB_APP_PRIVATE_KEY',
      'GITHUB_APP_INSTALLATION_ID',
    ];
    const empty = Object.fromEntries(optional.map(name => [name, ' ']));
    expect(readConfig({...required, ...empty})).toEqual(readConfig(required));
  });

  test.each<[Env, Partial<RelayConfig>]>([
    [
      {PORT: '0', HOST: '127.0.0.1'},
      {port: 0, host: '127.0.0.1'},
    ],
    [{PORT_CLIENT_SECRET: ' one\n'}, {secrets: ['one']}],
    [{PORT_CLIENT_SECRET: 'one, two ,,three\n'}, {secrets: ['one', 'two', 'three']}],
    [{GITHUB_TOKEN: 'token\n'}, {credentials: {kind: 'token', token: 'token'}}],
    [{GITHUB_REPOSITORY: 'my_company/.github'}, {repository: {owner: 'my_company', name: '.github'}}],
    [{GITHUB_API_URL: 'http://ghe.example.com/api/v3/'}, {apiUrl: 'http://ghe.example.com/api/v3'}],
    [{GITHUB_API_URL: 'https://api.github.com/'}, {apiUrl: 'https://api.github.com'}],
    [{REACTOR_EVENT_TYPE: 'x'.repeat(100)}, {eventType: 'x'.repeat(100)}],
    [{REACTOR_RULES: 'none'}, {rules: {kind: 'none'}}],
    [{REACTOR_RULES: './ops/rules.yml'}, {rules: {kind: 'repository', path: 'ops/rules.yml'}}],
    [{REACTOR_RULES: 'file:/etc/rules.yml'}, {rules: {kind: 'file', path: '/etc/rules.yml'}}],
    [{REACTOR_PARTITIONS: '1'}, {partitions: 1}],
    [{REACTOR_ACK_TIMEOUT_SECONDS: '12.5'}, {ackTimeoutMs: 12_500}],
    [
      {REACTOR_MAX_DISPATCHES_PER_MINUTE: '30', REACTOR_PARTITIONS: '2'},
      {dispatchesPerMinute: 30, partitions: 2},
    ],
    [{REACTOR_SIGNATURE_TOLERANCE_SECONDS: '60'}, {toleranceSeconds: 60}],
    [{REACTOR_MAX_BODY_BYTES: '2097152'}, {maxBodyBytes: 2_097_152}],
    [{WEBHOOK_PROXY_URL: 'https://smee.io/abc'}, {proxyUrl: 'https://smee.io/abc'}],
    [{LOG_LEVEL: 'WARN'}, {logLevel: 'warn'}],
    [{PORT_CLIENT_ID: 'id', PORT_API_URL: 'https://api.us.port.io/'}, {portClientId: 'id'}],
    [{PORT_API_URL: 'https://api.us.port.io/'}, {portApiUrl: 'https://api.us.port.io'}],
  ])('accepts %j', (env, expected) => {
    expect(readConfig({...required, ...env})).toMatchObject(expected);
  });

  test.each<[Env, RegExp]>([
    [{PORT_CLIENT_SECRET: undefined}, /^PORT_CLIENT_SECRET is missing: set it to the client secret/],
    [{PORT_CLIENT_SECRET: ' , '}, /^PORT_CLIENT_SECRET must be one secret/],
    [{PORT_CLIENT_SECRET: '"quoted"'}, /^PORT_CLIENT_SECRET must not have quotes/],
    [{GITHUB_REPOSITORY: ''}, /^GITHUB_REPOSITORY is missing: set it to owner\/name/],
    [{GITHUB_REPOSITORY: 'https://github.com/acme/operations'}, /^GITHUB_REPOSITORY must be owner\/name/],
    [{GITHUB_REPOSITORY: 'acme/..'}, /^GITHUB_REPOSITORY must be owner\/name/],
    [{GITHUB_REPOSITORY: 'acme/operations/x'}, /^GITHUB_REPOSITORY must be owner\/name/],
    [{GITHUB_TOKEN: ' '}, /^GITHUB_TOKEN is missing: set it to a fine-grained token/],
    [{GITHUB_TOKEN: 'two tokens'}, /^GITHUB_TOKEN must be one token/],
    [{GITHUB_TOKEN: "'quoted'"}, /^GITHUB_TOKEN must not have quotes/],
    [{...APP, GITHUB_APP_ID: ''}, /^GITHUB_APP_ID is missing: set it to the App ID or the client ID/],
    [
      {...APP, GITHUB_APP_ID: 'my-app'},
      /^GITHUB_APP_ID must be the App ID, a number, or the client ID, .* not "my-app"$/,
    ],
    [{...APP, GITHUB_APP_ID: '0'}, /^GITHUB_APP_ID must be the App ID/],
    [{...APP, GITHUB_APP_PRIVATE_KEY: ''}, /^GITHUB_APP_PRIVATE_KEY is missing: set it to .* the whole \.pem file$/],
    [{...APP, GITHUB_APP_PRIVATE_KEY: `"${PEM}"`}, /^GITHUB_APP_PRIVATE_KEY must not have quotes/],
    [{...APP, GITHUB_APP_PRIVATE_KEY: 'key.pem'}, /^GITHUB_APP_PRIVATE_KEY must be the App's private key/],
    [{...APP, GITHUB_APP_INSTALLATION_ID: 'x'}, /^GITHUB_APP_INSTALLATION_ID must be a whole number/],
    [
      {...APP, GITHUB_TOKEN: 'token'},
      /^GITHUB_TOKEN and GITHUB_APP_ID are both set\. Unset GITHUB_TOKEN to use the GitHub App, or unset the GITHUB_APP_\* variables to use the token$/,
    ],
    [{...APP, GITHUB_TOKEN: 'token', GITHUB_APP_INSTALLATION_ID: '7'}, /^GITHUB_TOKEN and GITHUB_APP_ID are both set/],
    [{PORT_CLIENT_ID: "'id'"}, /^PORT_CLIENT_ID must not have quotes/],
    [{PORT_API_URL: 'api.port.io'}, /^PORT_API_URL must be a URL/],
    [{PORT: '65536'}, /^PORT must be a whole number from 0 to 65535, not "65536"$/],
    [{PORT: '80a'}, /^PORT must be a whole number/],
    [{PORT: '-1'}, /^PORT must be a whole number/],
    [{PORT: '1e3'}, /^PORT must be a whole number/],
    [{GITHUB_API_URL: 'api.github.com'}, /^GITHUB_API_URL must be a URL/],
    [{GITHUB_API_URL: 'ftp://github.com'}, /^GITHUB_API_URL must be a URL/],
    [{GITHUB_API_URL: 'https://me:pass@github.com'}, /^GITHUB_API_URL must be a URL without credentials/],
    [{REACTOR_EVENT_TYPE: 'x'.repeat(101)}, /^REACTOR_EVENT_TYPE must have at most 100 characters/],
    [
      {REACTOR_RULES: 'file:'},
      /^REACTOR_RULES must have a path after file:, for example file:\/etc\/port-reactor\.yml$/,
    ],
    [{REACTOR_RULES: '../rules.yml'}, /^REACTOR_RULES must be a path in the repository, file:<path>/],
    [{REACTOR_RULES: '/'}, /^REACTOR_RULES must be a path/],
    [{REACTOR_PARTITIONS: '0'}, /^REACTOR_PARTITIONS must be a whole number from 1 to 8/],
    [{REACTOR_PARTITIONS: '9'}, /^REACTOR_PARTITIONS must be a whole number from 1 to 8/],
    [{REACTOR_PARTITIONS: '8'}, /^REACTOR_PARTITIONS=8 is too high for .*\. Set REACTOR_PARTITIONS to 4 in every copy/],
    [{REACTOR_MAX_DISPATCHES_PER_MINUTE: '30'}, /^REACTOR_PARTITIONS=4 is too high for .*=30/],
    [{REACTOR_ACK_TIMEOUT_SECONDS: '8s'}, /^REACTOR_ACK_TIMEOUT_SECONDS must be a number of seconds .* not "8s"$/],
    [{REACTOR_ACK_TIMEOUT_SECONDS: '0'}, /^REACTOR_ACK_TIMEOUT_SECONDS must be/],
    [{REACTOR_SIGNATURE_TOLERANCE_SECONDS: '0'}, /^REACTOR_SIGNATURE_TOLERANCE_SECONDS must be/],
    [{REACTOR_MAX_BODY_BYTES: '1mb'}, /^REACTOR_MAX_BODY_BYTES must be/],
    [{WEBHOOK_PROXY_URL: 'smee.io/abc'}, /^WEBHOOK_PROXY_URL must be a URL/],
    [{LOG_LEVEL: 'loud'}, /^LOG_LEVEL must be one of trace, .*silent, not "loud"$/],
  ])('refuses %j', (env, expected) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(expected)]);
  });

  test.each<[Env, object]>([
    [{}, {appId: 12345, installationId: undefined}],
    [{GITHUB_APP_ID: 'Iv23liABCdefGHIjklMN'}, {appId: 'Iv23liABCdefGHIjklMN'}],
    [{GITHUB_APP_ID: 'Iv1.0123456789abcdef'}, {appId: 'Iv1.0123456789abcdef'}],
    [{GITHUB_APP_INSTALLATION_ID: '98765'}, {installationId: 98765}],
  ])('accepts a GitHub App with %j', (env, expected) => {
    const {credentials} = readConfig({...required, ...APP, ...env});
    expect(credentials).toMatchObject({kind: 'app', ...expected});
    expect(credentials.kind === 'app' && credentials.privateKey.asymmetricKeyType).toBe('rsa');
    expect(JSON.stringify(credentials)).not.toContain(PEM.slice(40, 80));
  });

  test('reports all problems with a GitHub App', () => {
    const env = {GITHUB_TOKEN: 'token', GITHUB_APP_ID: 'x', GITHUB_APP_INSTALLATION_ID: '-1'};
    expect(problemsOf(env)).toHaveLength(4);
  });

  test('reports all problems together, one per line', () => {
    const env = {PORT: 'x', REACTOR_PARTITIONS: 'y', LOG_LEVEL: 'z', GITHUB_TOKEN: ''};
    expect(problemsOf(env)).toHaveLength(4);
    expect(() => readConfig({})).toThrow(
      /^The relay can't start: 3 settings are invalid\. Fix these environment variables:\nPORT_CLIENT_SECRET .*\nGITHUB_REPOSITORY .*\nGITHUB_TOKEN .*$/,
    );
  });

  describe('an invisible character in a value', () => {
    const valid: Record<string, string> = {
      ...required,
      PORT: '0',
      HOST: '127.0.0.1',
      GITHUB_API_URL: 'https://ghe.example.com/api/v3',
      REACTOR_EVENT_TYPE: 'port-catalog-change',
      REACTOR_RULES: 'none',
      REACTOR_PARTITIONS: '4',
      REACTOR_MAX_DISPATCHES_PER_MINUTE: '60',
      REACTOR_ACK_TIMEOUT_SECONDS: '8',
      REACTOR_SIGNATURE_TOLERANCE_SECONDS: '300',
      REACTOR_MAX_BODY_BYTES: '1000',
      PORT_CLIENT_ID: 'id',
      PORT_API_URL: 'https://api.port.io',
      WEBHOOK_PROXY_URL: 'https://smee.io/x',
      LOG_LEVEL: 'info',
      https_proxy: 'http://proxy.example.com:3128',
      HTTPS_PROXY: 'http://proxy.example.com:3128',
      http_proxy: 'proxy.example.com:3128',
      HTTP_PROXY: 'http://u:p@proxy.example.com',
      no_proxy: 'localhost,.example.com',
      NO_PROXY: '*',
    };
    const ofApp = {...APP, GITHUB_APP_INSTALLATION_ID: '7'};
    const names = [...Object.keys(valid), ...Object.keys(ofApp).filter(name => name !== 'GITHUB_TOKEN')];

    test('is tested for every variable, with values that are valid otherwise', () => {
      expect(() => readConfig(valid)).not.toThrow();
      expect(() => readConfig({...valid, ...ofApp})).not.toThrow();
      expect(RELAY_VARIABLES.map(({name}) => name).filter(name => !names.includes(name))).toEqual([]);
    });

    test.each(names)('is refused in %s, with one problem that quotes nothing', name => {
      const env: Record<string, string> = name.startsWith('GITHUB_APP') ? {...valid, ...ofApp} : valid;
      const value = env[name] ?? '';
      for (const quoted of [`"${value}"`, `'${value}'`, ` "${value}"\n`, `\`${value}\``, `“${value}”`, '""']) {
        expect(problemsOf({...env, [name]: quoted})).toEqual([`${name} must not have quotes around it`]);
      }
      for (const character of ['\ufeff', '\u200b', '\u200d', '\u2060', '\u00ad', '\u202e', '\u{e0001}']) {
        for (const text of [
          `${character}${value}`,
          `${value}${character}`,
          `${value.slice(0, 2)}${character}${value.slice(2)}`,
        ]) {
          expect(problemsOf({...env, [name]: text})).toEqual([
            expect.stringMatching(
              new RegExp(`^${name} has an invisible character in its value \\(U\\+[0-9A-F]{4,5}\\)\\. Type it again`),
            ),
          ]);
        }
      }
    });

    test('is refused in the name of a variable', () => {
      const {PORT_CLIENT_SECRET, ...others} = valid;
      expect(
        problemsOf({...others, PORT_CLIENT_SECRET: undefined, '\ufeffPORT_CLIENT_SECRET': PORT_CLIENT_SECRET}),
      ).toEqual([
        expect.stringMatching(/^PORT_CLIENT_SECRET has an invisible character in its name, such as a byte order mark/),
      ]);
    });

    test.each(['socks5://proxy:1080', 'http://[', 'http://u:%@proxy', 'http://'])(
      'a proxy such as %s is refused',
      value => {
        expect(problemsOf({https_proxy: value})).toEqual([
          expect.stringMatching(/^https_proxy must be the URL of an HTTP proxy/),
        ]);
      },
    );
  });

  test('never quotes a possible secret, in any variable', () => {
    const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
    const names = [
      'PORT',
      'PORT_CLIENT_ID',
      'GITHUB_APP_ID',
      'GITHUB_APP_PRIVATE_KEY',
      'PORT_API_URL',
      'PORT_CLIENT_SECRET',
      'GITHUB_REPOSITORY',
      'GITHUB_TOKEN',
      'GITHUB_API_URL',
      'LOG_LEVEL',
    ];
    const problems = problemsOf({
      ...Object.fromEntries(names.map(name => [name, `"${secret}"`])),
      WEBHOOK_PROXY_URL: `http://${secret}@[`,
      REACTOR_EVENT_TYPE: secret.repeat(3),
    }).join('\n');
    expect(problems).not.toContain(secret);
    expect(problems).not.toContain('abcdefgh');
  });
});
