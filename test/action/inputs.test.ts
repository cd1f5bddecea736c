import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {readInputs} from '../../src/action/inputs.ts';
import {ConfigError} from '../../src/base/errors.ts';
import {createRecordingCore} from '../helpers/processes/recording-core.ts';

const HOOK = 'https://hooks.slack.com/services/T0123456789/B0123456789/abcdefghijklmnopqrstuvwx';
const PATH = 'T0123456789/B0123456789/abcdefghijklmnopqrstuvwx';

const read = (inputs: Record<string, string>) => readInputs(createRecordingCore(inputs).core);

/** The mistakes in the inputs, whether they are thrown or returned with the valid rest. */
function mistakesOf(inputs: Record<string, string>): string[] {
  const messagesOf = (error: ConfigError | undefined) => error?.problems.map(({message}) => message) ?? [];
  try {
    return messagesOf(read(inputs).error);
  } catch (error) {
    if (error instanceof ConfigError) return messagesOf(error);
    throw error;
  }
}

test('the defaults are those of action.yml', () => {
  const {inputs} = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as {
    inputs: Record<string, {default?: string}>;
  };
  expect(read({})).toEqual({
    rules: inputs['rules']?.default,
    destinations: new Map(),
    bot: undefined,
    event: undefined,
    githubToken: undefined,
    port: undefined,
    portApiUrl: inputs['port-api-url']?.default,
    dryRun: inputs['dry-run']?.default === 'true',
    mode: inputs['mode']?.default,
    memory: {isOn: inputs['memory']?.default === 'on', token: undefined, repository: undefined},
    secrets: [],
    error: undefined,
  });
});

test('reads all inputs', () => {
  expect(
    read({
      rules: 'rules.yml',
      'slack-webhook-url': HOOK,
      'slack-webhooks': '\n payments = https://slack.test/1 \n\nops.on-call=http://slack.test/2?a=b\n',
      event: ' {} ',
      'github-token': 'ghs_token',
      'port-client-id': 'id',
      'port-client-secret': 'secret',
      'port-api-url': 'https://api.us.port.io/',
      'dry-run': 'True',
      memory: 'off',
      'memory-token': 'ghs_memory',
      'memory-repository': 'acme/memory',
    }),
  ).toMatchObject({
    rules: 'rules.yml',
    destinations: new Map([
      ['default', {webhook: HOOK}],
      ['payments', {webhook: 'https://slack.test/1'}],
      ['ops.on-call', {webhook: 'http://slack.test/2?a=b'}],
    ]),
    event: '{}',
    githubToken: 'ghs_token',
    port: {clientId: 'id', clientSecret: 'secret', apiUrl: 'https://api.us.port.io'},
    portApiUrl: 'https://api.us.port.io',
    dryRun: true,
    memory: {isOn: false, token: 'ghs_memory', repository: 'acme/memory'},
  });
});

test.each([
  ['true', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['', false],
])('dry-run %j is %s', (text, expected) => {
  expect(read({'dry-run': text}).dryRun).toBe(expected);
});

test.each([
  ['react', 'react'],
  ['lint', 'lint'],
  ['command', 'command'],
  ['', 'react'],
])('mode %j is %s', (text, expected) => {
  expect(read({mode: text}).mode).toBe(expected);
});

describe('a bot', () => {
  const BOT = {'slack-bot-token': 'xoxb-1-abc', 'slack-channels': 'default=C0123ABCD\n on-call = G0123 \n'};

  test('has a token, channels and a URL', () => {
    expect(read({...BOT, 'slack-api-url': 'http://slack.test/api/'})).toMatchObject({
      destinations: new Map([
        ['default', {channel: 'C0123ABCD'}],
        ['on-call', {channel: 'G0123'}],
      ]),
      bot: {token: 'xoxb-1-abc', apiUrl: 'http://slack.test/api'},
      error: undefined,
    });
    const {inputs} = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'));
    expect(read(BOT).bot?.apiUrl).toBe(inputs['slack-api-url'].default);
  });

  test('is used also for a destination that has a webhook', () => {
    const {destinations, error} = read({...BOT, 'slack-webhook-url': HOOK, 'slack-webhooks': `other=${HOOK}`});
    expect(error).toBeUndefined();
    expect(destinations.get('default')).toEqual({channel: 'C0123ABCD'});
    expect(destinations.get('other')).toEqual({webhook: HOOK});
  });

  test.each<[string, Record<string, string>, string[]]>([
    [
      'without channels',
      {'slack-bot-token': 'xoxb-1-abc'},
      ['slack-channels: is missing, but `slack-bot-token` is set'],
    ],
    [
      'without a token',
      {'slack-channels': 'default=C0123'},
      ['slack-bot-token: is missing, but `slack-channels` is set'],
    ],
    ['of two lines', {...BOT, 'slack-bot-token': 'a b'}, ['slack-bot-token: is not a token']],
    [
      'with a name for a channel',
      {...BOT, 'slack-channels': 'default=#ops'},
      ['slack-channels: line 1 ("default"): is not a channel ID'],
    ],
    ['with a bare ID', {...BOT, 'slack-channels': 'C0123ABCD'}, ['slack-channels: line 1 is not `name=C0123`']],
    [
      'with a name twice',
      {...BOT, 'slack-channels': 'a=C0123\na=C0124'},
      ['slack-channels: line 2 ("a"): the destination "a" appears twice'],
    ],
    ['with another address', {...BOT, 'slack-api-url': 'slack.com'}, ['slack-api-url: must be an http or https URL']],
  ])('%s is a mistake', (_name, inputs, expected) => {
    const found = mistakesOf(inputs);
    expect(found).toHaveLength(expected.length);
    for (const [index, start] of expected.entries()) expect(found[index]?.startsWith(start)).toBe(true);
  });

  test('with mistakes does not change the webhooks', () => {
    const {destinations, bot} = read({'slack-webhook-url': HOOK, 'slack-channels': 'default=C0123'});
    expect(destinations).toEqual(new Map([['default', {webhook: HOOK}]]));
    expect(bot).toBeUndefined();
  });
});

describe('secrets', () => {
  const inputs = {
    'slack-webhook-url': HOOK,
    'slack-webhooks': `payments=${HOOK}2\nbroken line with a secret`,
    'slack-bot-token': 'xoxb-1-secret',
    'slack-channels': 'default=C0123',
    'port-client-id': 'id',
    'port-client-secret': 'port-secret',
    'github-token': 'ghs_token',
  };

  test('are masked, whole and in parts, before an input is refused', () => {
    const {core, secrets} = createRecordingCore({...inputs, 'dry-run': 'maybe'});
    expect(() => readInputs(core)).toThrow(ConfigError);
    for (const secret of [
      HOOK,
      PATH,
      `${HOOK}2`,
      `${PATH}2`,
      'broken line with a secret',
      'port-secret',
      'xoxb-1-secret',
      'ghs_token',
    ]) {
      expect(secrets).toContain(secret);
    }
    expect(secrets).not.toContain('');
  });

  test('are not in a message', () => {
    expect(mistakesOf({...inputs, 'slack-webhook-url': 'secret-of-mine', 'dry-run': 'secret'}).join()).not.toMatch(
      /secret-|T0123|with a secret/,
    );
  });

  test('are returned to the action', () => {
    const {secrets} = read({'slack-webhook-url': HOOK, 'github-token': 'ghs_token'});
    expect(secrets).toEqual(expect.arrayContaining([HOOK, PATH, ...PATH.split('/'), 'ghs_token']));
  });
});

describe('omits parts with mistakes, and keeps the rest', () => {
  test('of the destinations', () => {
    const inputs = {'slack-webhook-url': HOOK, 'slack-webhooks': 'empty=\nops=https://slack.test/1\nno name\nops=x\n'};
    expect(read(inputs).destinations).toEqual(
      new Map([
        ['default', {webhook: HOOK}],
        ['ops', {webhook: 'https://slack.test/1'}],
      ]),
    );
    expect(read(inputs).error?.problems).toHaveLength(3);
  });

  test.each([
    ['half of the credentials', {'port-client-id': 'id'}],
    ['an invalid URL', {'port-client-id': 'id', 'port-client-secret': 'x', 'port-api-url': 'api.port.io'}],
  ])('of Port: %s', (_name, inputs) => {
    expect(read({...inputs, 'slack-webhook-url': HOOK})).toMatchObject({
      port: undefined,
      destinations: new Map([['default', {webhook: HOOK}]]),
      error: expect.any(ConfigError),
    });
  });

  test.each([{'dry-run': 'yes'}, {mode: 'x'}])('but throws if `dry-run` or `mode` is invalid: %j', inputs => {
    expect(() => read(inputs)).toThrow(ConfigError);
  });
});

describe('reports', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a webhook that is not a URL',
      {'slack-webhook-url': 'hooks.slack.com/x'},
      /^slack-webhook-url: the value is not an http or https URL\. If it comes from a secret/,
    ],
    ['a webhook of another kind', {'slack-webhook-url': 'ftp://slack.test/1'}, /^slack-webhook-url: /],
    ['a webhook in quotes', {'slack-webhook-url': '"https://slack.test/1"'}, /^slack-webhook-url: /],
    [
      'a line without a name',
      {'slack-webhooks': 'a=https://slack.test/1\nhttps://slack.test/2'},
      /^slack-webhooks: line 2 is not `name=url`$/,
    ],
    [
      'a line whose secret is empty',
      {'slack-webhooks': 'payments='},
      /^slack-webhooks: line 1 \("payments"\): the URL is empty\. The secret does not exist/,
    ],
    [
      'a duplicate destination',
      {'slack-webhooks': 'a=https://slack.test/1\na=https://slack.test/2'},
      /"a" appears twice/,
    ],
    [
      'a second default',
      {'slack-webhook-url': HOOK, 'slack-webhooks': 'default=https://slack.test/1'},
      /"default" appears twice/,
    ],
    [
      'half of the Port credentials',
      {'port-client-id': 'id'},
      /^port-client-secret: is missing\. Set both Port inputs/,
    ],
    ['the other half', {'port-client-secret': 'x'}, /^port-client-id: is missing\. Set both Port inputs/],
    ['an invalid URL of Port', {'port-api-url': 'api.port.io'}, /^port-api-url: must be an http or https URL/],
    ['an unknown mode', {mode: 'Lint'}, /^mode: must be one of react, lint, clock, command, reconcile$/],
    ['an invalid `memory`', {memory: 'maybe'}, /^memory: must be on or off$/],
    ['a repository without its owner', {'memory-repository': 'ops'}, /^memory-repository: must be owner\/name$/],
    ['an invalid `dry-run`', {'dry-run': 'yes'}, /^dry-run: must be true or false$/],
  ])('%s', (_name, inputs, message) => {
    expect(mistakesOf(inputs)).toEqual([expect.stringMatching(message)]);
  });

  test('all mistakes together', () => {
    const inputs = {
      'slack-webhook-url': 'x',
      'slack-webhooks': 'y\nz',
      'port-client-id': 'id',
      'port-api-url': 'p',
      'dry-run': '1',
    };
    expect(mistakesOf(inputs)).toHaveLength(6);
  });
});
