import {execFileSync} from 'node:child_process';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {redact} from '../../src/secrets/redact.ts';
import {runs} from '../helpers/values/runs.ts';

test.each([
  ['a secret', 'token=s3cr3t-value!', ['s3cr3t-value'], 'token=***!'],
  ['each line of a secret', 'BEGIN\nabcdefgh\nEND', ['-----\nabcdefgh\n-----'], 'BEGIN\n***\nEND'],
  ['a secret within a longer one', 'xoxb-123456-7890', ['123456', 'xoxb-123456-7890'], '***'],
  ['secrets that overlap', '<abcdefghij>', ['abcdefg', 'efghij'], '<***>'],
  ['a secret with color codes in it', 's3cr\u001b[31m3t-value', ['s3cr3t-value'], '***'],
  ['a secret with a control character in it', 's3cr\u00003t-value', ['s3cr3t-value'], '***'],
  ['a secret shorter than 6 characters', 'password=hunt2,x', ['hunt2'], 'password=***,x'],
  ['a secret of two characters only as a word', 'pin 42, port 8042', ['42'], 'pin ***, port 8042'],
  ['a secret without the spaces around it', '<s3cr3t-value>', [' s3cr3t-value\n'], '<***>'],
  ['a secret without the quotes around it', '<s3cr3t-value>', ['"s3cr3t-value"'], '<***>'],
  ['nothing for an empty value', 'a prod b', ['', ' '], 'a prod b'],
  [
    'nothing for a bracket that is a line of a longer secret',
    '{\n  "a": 1\n}',
    ['{\n  "key": "0123456789"\n}'],
    '{\n  "a": 1\n}',
  ],
])('masks %s', (_name, text, secrets, expected) => {
  expect(redact(text, secrets)).toBe(expected);
});

test.each([
  ['\u001b[1;31mred\u001b[0m', 'red'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;https://example.com\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['bell\u0007 back\bspace', 'bell backspace'],
  ['tab\tand\nline\r\n', 'tab\tand\nline\r\n'],
])('removes terminal control characters from %j', (text, expected) => {
  expect(redact(text, [])).toBe(expected);
});

/** Every character that some kind of quoting changes, and others. */
const SECRET = `p/ä&<>"' $x\\%+=#;=Zq9`;

const xml = (text: string) => text.replace(/[&<>"'/]/g, one => `&#x${one.charCodeAt(0).toString(16)};`);
const bash = (script: string, ...args: string[]) =>
  execFileSync('bash', ['-c', script, 'bash', ...args], {encoding: 'utf8', env: {...process.env, LC_ALL: 'C.UTF-8'}});

describe('finds a secret', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  test.each<[string, string]>([
    ['unchanged', SECRET],
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
    ["in a shell's single quotes, with double quotes around each single quote", `'${SECRET.replaceAll("'", `'"'"'`)}'`],
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

  test('in base64, with any text around it, any length and any line width', () => {
    const alphabet = fc.string({unit: fc.constantFrom(...'abcXYZ0189!-_.@$'), maxLength: 64});
    const wrapped = fc.record({
      width: fc.constantFrom(1, 2, 3, 4, 5, 8, 16, 60, 64, 76, 1000),
      end: fc.constantFrom('\n', '\r\n', '\n  '),
      forUrls: fc.boolean(),
    });
    const secrets = alphabet.filter(({length}) => length > 0);
    fc.assert(
      fc.property(alphabet, secrets, alphabet, wrapped, (before, secret, after, {width, end, forUrls}) => {
        // A secret of one or two characters is only searched for as a word.
        const [lead, trail] = secret.length < 3 ? [`${before} `, ` ${after}`] : [before, after];
        const encoded = Buffer.from(lead + secret + trail).toString(forUrls ? 'base64url' : 'base64');
        const [first, last] = [Math.floor((lead.length * 8) / 6), Math.ceil(((lead + secret).length * 8) / 6)];
        const wrap = (text: string, from: number) =>
          [...text].map((one, index) => ((from + index) % width === 0 && from + index > 0 ? end + one : one)).join('');
        const shown = redact(wrap(encoded, 0), [secret]);
        // All characters that contain bits of the secret are removed. The text around them stays.
        const [head, tail] = [wrap(encoded.slice(0, first), 0), wrap(encoded.slice(last), last)];
        expect(`${head}${end}`.startsWith(shown.slice(0, shown.indexOf('***')))).toBe(true);
        expect(tail.endsWith(shown.slice(shown.lastIndexOf('***') + 3))).toBe(true);
        expect(shown).toContain('***');
      }),
      {numRuns: runs(2_000)},
    );
  });

  const QUOTINGS: Readonly<Record<string, (secret: string) => string>> = {
    'a URL': encodeURIComponent,
    JSON: secret => JSON.stringify(secret).slice(1, -1),
    'JSON of ASCII': secret =>
      JSON.stringify(secret)
        .slice(1, -1)
        .replace(/[^ -~]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
    XML: xml,
    'a GitHub expression': secret => secret.replaceAll("'", "''"),
    "a command's arguments": secret => secret.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&'),
    'single quotes of a shell': secret => secret.replaceAll("'", "'\\''"),
    PowerShell: secret => secret.replace(/["$`]/g, '`$&'),
    CSV: secret => secret.replaceAll('"', '""'),
    'no quotes': secret => secret,
  };
  test.each(Object.entries(QUOTINGS))('quoted for %s, with any characters and line breaks', (_name, quote) => {
    const unit = fc.constantFrom(...'abXY09!-_.@$&<>"\'/\\%+=#;`~^ ä€😀');
    const secrets = fc
      .string({unit, minLength: 3, maxLength: 64})
      .filter(secret => secret.trim() === secret && !/^["']|["']$/.test(secret) && secret.length > 2);
    const folds = fc.record({width: fc.constantFrom(1, 2, 3, 8, 20, 1000), end: fc.constantFrom('\n', '\r\n', '\n  ')});
    fc.assert(
      fc.property(secrets, folds, (secret, {width, end}) => {
        const folded = [...quote(secret)].map((one, index) => (index > 0 && index % width === 0 ? end + one : one));
        expect(redact(`«${folded.join('')}»`, [secret])).toBe('«***»');
      }),
      {numRuns: runs(300)},
    );
  });

  test('in the parts that PowerShell prints', () => {
    expect(redact('first one: abc&defgh& and then: ijklmn', ['abc&defgh&ijklmn'])).toBe('first one: *** and then: ***');
    expect(redact('abcdef&+ ghijkl', ['abcdef&+ghijkl'])).toBe('*** ***');
    expect(redact('a&b and c', ['a&b&c'])).toBe('a&b and c');
  });
});

test('words that only look like the base64 of a short secret are kept', () => {
  const words = fc.array(
    fc.constantFrom('deployment', 'Healthy', 'Degraded', 'scaled', 'to', '4', 'replicas', 'of', 'abc'),
  );
  fc.assert(
    fc.property(words, list => {
      const text = list.join(' ');
      expect(redact(text, ['x', 'q7', 'zq1'])).toBe(text);
    }),
  );
});

test('no secret remains in any text', () => {
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
