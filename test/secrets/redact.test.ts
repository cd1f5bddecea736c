import {execFileSync} from 'node:child_process';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {redact} from '../../src/secrets/redact.ts';

test.each([
  ['a secret', 'token=s3cr3t-value!', ['s3cr3t-value'], 'token=***!'],
  ['each line of a secret', 'BEGIN\nabcdefgh\nEND', ['-----\nabcdefgh\n-----'], 'BEGIN\n***\nEND'],
  ['a secret within a longer one', 'xoxb-123456-7890', ['123456', 'xoxb-123456-7890'], '***'],
  ['secrets that overlap', '<abcdefghij>', ['abcdefg', 'efghij'], '<***>'],
  ['a secret that colours hide', 's3cr\u001b[31m3t-value', ['s3cr3t-value'], '***'],
  ['a secret that a control character hides', 's3cr\u00003t-value', ['s3cr3t-value'], '***'],
  ['a secret shorter than 6 characters', 'password=hunt2,x', ['hunt2'], 'password=***,x'],
  ['a secret of two characters only as a word', 'pin 42, port 8042', ['42'], 'pin ***, port 8042'],
  ['a secret without the spaces around it', '<s3cr3t-value>', [' s3cr3t-value\n'], '<***>'],
  ['a secret without the quotes around it', '<s3cr3t-value>', ['"s3cr3t-value"'], '<***>'],
  ['no empty value', 'a prod b', ['', ' '], 'a prod b'],
  ['no bracket that is a line of a longer secret', '{\n  "a": 1\n}', ['{\n  "key": "0123456789"\n}'], '{\n  "a": 1\n}'],
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

/** Every character that some quoting changes, and others. */
const SECRET = `p/ä&<>"' $x\\%+=#;=Zq9`;

const xml = (text: string) => text.replace(/[&<>"'/]/g, one => `&#x${one.charCodeAt(0).toString(16)};`);
const bash = (script: string, ...args: string[]) =>
  execFileSync('bash', ['-c', script, 'bash', ...args], {encoding: 'utf8', env: {...process.env, LC_ALL: 'C.UTF-8'}});

describe('finds a secret', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  test.each<[string, string]>([
    ['as it is', SECRET],
    ['in base64', base64(SECRET)],
    ['in base64 after one character', base64(`a${SECRET}b`)],
    ['in base64 after two characters', base64(`ab${SECRET}cd`)],
    ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
    ['in base64 of its line', bash('base64 <<<"$1"', SECRET)],
    ['in wrapped base64', base64(`${'x'.repeat(50)}${SECRET}`).replace(/.{12}/g, '$&\n')],
    ['in base64 of its URL form', base64(encodeURIComponent(SECRET))],
    ['quoted for a URL', encodeURIComponent(SECRET)],
    ['quoted for a URL in lower case', encodeURIComponent(SECRET).toLowerCase().replace('zq9', 'Zq9')],
    ['quoted for a form', new URLSearchParams({SECRET}).toString()],
    ['quoted for a URL twice', encodeURIComponent(encodeURIComponent(SECRET))],
    ['in JSON', JSON.stringify({SECRET})],
    ['in JSON with escaped slashes', JSON.stringify({SECRET}).replaceAll('/', '\\/')],
    ['in JSON of ASCII', JSON.stringify({SECRET}).replace(/[^ -~]/g, one => `\\u00${one.charCodeAt(0).toString(16)}`)],
    ['in JSON within JSON', JSON.stringify({a: JSON.stringify({SECRET})})],
    ['in XML', xml(SECRET)],
    ['in XML with names', SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
    ['in XML with decimals', SECRET.replace(/[&<'/]/g, one => `&#${one.charCodeAt(0)};`)],
    ["in a shell's single quotes", `'${SECRET.replaceAll("'", "'\\''")}'`],
    ["in a shell's other single quotes", `'${SECRET.replaceAll("'", `'"'"'`)}'`],
    ['as bash quotes it', bash('printf "%s" "$'.concat('{1@Q}"'), SECRET)],
    ['as printf %q quotes it', bash('printf %q "$1"', SECRET)],
    ['as set -x shows it', bash('exec 2>&1; set -x; : "$1"', SECRET)],
    ['as GitHub quotes it', SECRET.replaceAll("'", "''")],
    ['as PowerShell quotes it', SECRET.replace(/[$"]/g, '`$&')],
    ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['folded', SECRET.replace(/.{5}/g, '$&\n  ')],
  ])('%s', (_name, form) => {
    const text = `before ${form} after`;
    const shown = redact(text, [SECRET]);
    expect(shown).toContain('***');
    expect(shown).toMatch(/^before /);
    expect(shown).toMatch(/ after$/);
    for (const piece of ['Zq9', 'WnE5', 'pxO', 'Wnpx']) expect(shown).not.toContain(piece);
  });

  test('in base64 whatever stands around it, so that nothing of it can be decoded', () => {
    const parts = fc.tuple(fc.string({maxLength: 7}), fc.string({maxLength: 7}));
    fc.assert(
      fc.property(parts, ([before, after]) => {
        const secret = 'hunter2-S3cret';
        const shown = redact(Buffer.from(before + secret + after).toString('base64'), [secret]);
        const left = shown.split('***').map(text => Buffer.from(text, 'base64').toString('latin1'));
        expect(left.filter(text => /hun|ter2|S3c|ret/.test(text.replace(before, '').replace(after, '')))).toEqual([]);
        expect(shown).toContain('***');
      }),
    );
  });
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

test('64 KiB of text with every kind of quoting and 100 secrets take no longer than a moment', () => {
  const line = `{"a": "b\\/c", 'x'\\''y': &amp; %41+%C3%A4 "" \`$ }\n`;
  const secrets = Array.from({length: 100}, (_, index) => `secret-number-${index}`);
  const startedAt = performance.now();
  redact(line.repeat(Math.ceil(65_536 / line.length)), secrets);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
