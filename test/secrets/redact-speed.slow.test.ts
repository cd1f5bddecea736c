import {expect, test} from '@jest/globals';
import {redact} from '../../src/secrets/redact.ts';
import {cpuMsOf} from '../helpers/cpu-time.ts';

test('64 KiB of text with every kind of quoting and 100 secrets take less than 5 s of processor time', () => {
  const line = `{"a": "b\\/c", 'x'\\''y': &amp; %41+%C3%A4 "" \`$ }\n`;
  const secrets = Array.from({length: 100}, (_, index) => `secret-number-${index}`);
  const text = line.repeat(Math.ceil(65_536 / line.length));
  expect(cpuMsOf(() => redact(text, secrets))).toBeLessThan(5_000);
});
