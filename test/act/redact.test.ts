import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {redact} from '../../src/act/redact.ts';

test.each([
  ['a secret', 'token=s3cr3t-value!', ['s3cr3t-value'], 'token=***!'],
  ['each line of a secret', 'BEGIN\nabcdefgh\nEND', ['-----\nabcdefgh\n-----'], 'BEGIN\n***\nEND'],
  ['a secret within a longer one', 'xoxb-123456-7890', ['123456', 'xoxb-123456-7890'], '***'],
  ['a secret that colours hide', 's3cr\u001b[31m3t-value', ['s3cr3t-value'], '***'],
  ['a secret that a control character hides', 's3cr\u00003t-value', ['s3cr3t-value'], '***'],
  ['no short value', 'a prod b', ['prod', '', ' '], 'a prod b'],
])('blanks %s', (_name, text, secrets, expected) => {
  expect(redact(text, secrets)).toBe(expected);
});

test.each([
  ['\u001b[1;31mred\u001b[0m', 'red'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;https://example.com\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['bell\u0007 back\bspace', 'bell backspace'],
  ['tab\tand\nline\r\n', 'tab\tand\nline\r\n'],
])('takes what steers a terminal out of %j', (text, expected) => {
  expect(redact(text, [])).toBe(expected);
});

test('no secret is left, whatever the text', () => {
  const secrets = fc.array(fc.string({unit: fc.constantFrom('a', 'b', '-', '\u001b', '['), minLength: 6}), {
    maxLength: 3,
  });
  const parts = fc.array(fc.string({unit: fc.constantFrom('a', 'b', '-', '\u001b', '[', '\n')}));
  fc.assert(
    fc.property(secrets, parts, (hidden, texts) => {
      const clean = hidden.map(secret => redact(secret, []).trim()).filter(secret => secret.length >= 6);
      const text = redact(
        texts.flatMap((part, index) => [part, clean[index % (clean.length || 1)] ?? '']).join('|'),
        clean,
      );
      expect(clean.filter(secret => text.includes(secret))).toEqual([]);
    }),
  );
});
