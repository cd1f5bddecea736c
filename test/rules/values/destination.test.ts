import {describe, expect, test} from '@jest/globals';
import {
  addressMistake,
  compileDestination,
  destinationMistake,
  nameMistake,
} from '../../../src/rules/values/destination.ts';

describe('a destination', () => {
  test('can be a name', () => {
    expect(compileDestination('on-call.eu')).toBe('on-call.eu');
  });

  test.each(['{{ after.properties.channel }}', '{{after.properties.channel}}', `\${{ after.properties.channel }}`])(
    'can be the expression %s',
    written => {
      expect(compileDestination(written)).toMatchObject({source: 'after.properties.channel', properties: ['channel']});
    },
  );

  test.each<[string, RegExp, number | undefined]>([
    ['#payments', /^"#payments" is not the name of a destination.*. Write payments\.$/, undefined],
    ['on call', /^"on call" is not the name/, undefined],
    ['a={{ x }}', /^must be a name, or only one expression/, undefined],
    ['{{ a', /^must be a name, or only one expression/, undefined],
    ['{{ }}', /^is empty. Write an expression/, undefined],
    ['{{ aftr.x }}', /Did you mean "after"/, 3],
    ['{{ after.a }} {{ after.b }}', /./, 11],
  ])('cannot be %s', (written, message, column) => {
    const mistake = destinationMistake(written);
    expect(mistake?.message).toMatch(message);
    expect(mistake?.column).toBe(column);
  });
});

test('a fallback can only be a name', () => {
  expect(nameMistake('on-call')).toBeUndefined();
  expect(nameMistake('{{ after.properties.channel }}')?.message).toMatch(/is not the name of a destination/);
});

describe('an address', () => {
  const SECRET = 'T0AAA/B0BBB/s3cr3t';

  test.each([
    `https://hooks.slack.com/services/${SECRET}`,
    `HOOKS.slack.com/services/${SECRET}`,
    `payments=https://hooks.slack.com/services/${SECRET}`,
    `https://hooks.slack-gov.com/services/${SECRET}`,
    `http://127.0.0.1:9/${SECRET}`,
    `{{ 'https://hooks.slack.com/services/${SECRET}' }}`,
    `{{ after.properties.x || 'https://hooks.slack.com/services/${SECRET}' `,
    `https://hooks.slack.com/services/${SECRET} and more`,
  ])('%s is refused, and the message does not repeat it', written => {
    for (const mistake of [destinationMistake, nameMistake, addressMistake].map(
      check => check(written)?.message ?? '',
    )) {
      expect(mistake).toMatch(/^is a URL, which is a secret\. Write a name here, .*create a new webhook\.$/);
      expect(mistake).not.toMatch(/s3cr3t|T0AAA/);
    }
  });

  test('is allowed in an expression if it is not the http or https URL of a webhook', () => {
    expect(destinationMistake("{{ after.properties.url == 'https://a.example' && 'a' || 'b' }}")).toBeUndefined();
  });
});
