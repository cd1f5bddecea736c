import {describe, expect, test} from '@jest/globals';
import type {Problem} from '../../../../src/base/errors.ts';
import {privateHost, readRelay} from '../../../../src/cli/shared/env/relay-url.ts';

describe('the webhook URL', () => {
  test.each([
    ['https://relay.example.com', 'https://relay.example.com/webhooks/port'],
    ['https://relay.example.com/', 'https://relay.example.com/webhooks/port'],
    ['https://relay.example.com/webhooks/port', 'https://relay.example.com/webhooks/port'],
    ['https://relay.example.com/webhooks/port/', 'https://relay.example.com/webhooks/port'],
    ['https://example.com/reactor//', 'https://example.com/reactor/webhooks/port'],
    ['https://relay.example.com:8443?key=1#top', 'https://relay.example.com:8443/webhooks/port?key=1'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/webhooks/port'],
    ['https://smee.io/aBcD', 'https://smee.io/aBcD'],
  ])('of %s is %s', (relay, expected) => {
    expect(readRelay(relay, [])).toBe(expected);
  });

  test.each([undefined, '', 'relay.example.com', 'localhost:3000', 'ftp://x', 'https://'])(
    'of %s is a problem',
    relay => {
      const problems: Problem[] = [];
      expect(readRelay(relay, problems)).toBeUndefined();
      expect(problems).toHaveLength(1);
      expect(problems[0]?.message).toMatch(/^--relay <url> is .*set the URL of the relay/);
    },
  );
});

describe('a host that Port does not call', () => {
  const privates = [
    ...['localhost', 'relay.localhost', 'relay', 'relay.local', 'relay.svc.internal', '127.0.0.1', '0.0.0.0'],
    ...['10.1.2.3', '172.16.0.1', '172.31.255.1', '192.168.0.7', '169.254.1.1', '[::1]', '[fd00::1]', '[fe80::1]'],
  ];
  test.each(privates)('is %s', host => {
    expect(privateHost(`http://${host}:3000/webhooks/port`)).toBe(host.replace(/[[\]]/g, ''));
  });

  const publics = [
    'relay.example.com',
    '172.15.0.1',
    '172.32.0.1',
    '8.8.8.8',
    '100.10.0.1',
    '[2001:db8::1]',
    'smee.io',
  ];
  test.each(publics)('is not %s', host => {
    expect(privateHost(`https://${host}/webhooks/port`)).toBeUndefined();
  });
});
