import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parseForm} from '../../src/command-mode/parse-form.ts';

const NOW = Date.parse('2026-12-01T12:00:00Z');
const TIMES = {createdAtMs: NOW - 60_000, nowMs: NOW};

/** The body of a form, as GitHub renders it. */
function body(fields: Record<string, string>): string {
  return Object.entries(fields)
    .map(([label, value]) => `### ${label}\n\n${value || '_No response_'}`)
    .join('\n\n');
}

const filled = (fields: Record<string, string> = {}) =>
  body({Incident: 'K7Q2M9', Do: 'acknowledge', Until: '4h', Reason: '', ...fields});

const seconds = (text: string) => Date.parse(text) / 1000;

describe('reads the form', () => {
  test.each([
    ['a duration counts from the issue', {Until: '4h'}, '2026-12-01T15:59:00Z'],
    ['days', {Until: '2d'}, '2026-12-03T11:59:00Z'],
    ['a time', {Until: '2026-12-01T18:00Z'}, '2026-12-01T18:00:00Z'],
    ['a time of another zone', {Until: '2026-12-01 19:30+01:00'}, '2026-12-01T18:30:00Z'],
  ])('%s', (_, fields, until) => {
    expect(parseForm(filled(fields), TIMES)).toEqual({
      command: {incident: 'K7Q2M9', do: 'acknowledge', until: seconds(until)},
    });
  });

  test('with lower case, other line breaks, and headings in the reason', () => {
    const text = filled({Incident: 'k7q2m9', Do: 'Silence', Reason: '### Do\n\nresume'}).replaceAll('\n', '\r\n');
    expect(parseForm(text, TIMES)).toMatchObject({command: {incident: 'K7Q2M9', do: 'silence'}});
  });

  test('without an end for resume', () => {
    expect(parseForm(filled({Do: 'resume', Until: ''}), TIMES)).toEqual({command: {incident: 'K7Q2M9', do: 'resume'}});
  });
});

describe('refuses, with the reason', () => {
  test.each([
    ['an empty body', '', /not created with the form/],
    ['another text', 'please acknowledge K7Q2M9', /not created with the form/],
    ['no end', filled({Until: ''}), /^Until: is missing\. Enter a duration/],
    [
      'an end in the past',
      filled({Until: '2026-12-01T11:59Z'}),
      /^Until: "2026-12-01T11:59Z" is in the past\. The current time is 2026-12-01 12:00 UTC/,
    ],
    ['a duration that is already over', filled({Until: '30s'}), /is in the past/],
    ['an end without a zone', filled({Until: '2026-12-01T18:00'}), /with a time zone/],
    ['an end that is not a time', filled({Until: 'tomorrow'}), /^Until: must be a duration.*but is "tomorrow"/],
    ['a day that does not exist', filled({Until: '2027-02-30T18:00Z'}), /^Until: must be/],
    ['an invalid id', filled({Incident: 'K7Q2M9; rm -rf'}), /^Incident: must be the six characters/],
    ['another verb', filled({Do: 'delete'}), /^Do: must be acknowledge, silence, resume, but is "delete"/],
  ])('%s', (_, text, mistake) => {
    expect(parseForm(text, TIMES)).toEqual({mistakes: [expect.stringMatching(mistake)]});
  });

  test('all mistakes together', () => {
    const parsed = parseForm(filled({Incident: '', Do: '', Until: ''}), TIMES);
    expect('mistakes' in parsed && parsed.mistakes).toHaveLength(3);
  });
});

test('any text is either read or refused', () => {
  const heading = fc.constantFrom('### Incident\n', '### Do\n', '### Until\n', 'K7Q2M9\n', 'silence\n', '9999d\n');
  fc.assert(
    fc.property(fc.array(fc.oneof(heading, fc.string({unit: 'grapheme'}), fc.base64String())), parts => {
      const parsed = parseForm(parts.join(''), TIMES);
      if ('mistakes' in parsed) expect(parsed.mistakes.length).toBeGreaterThan(0);
      else expect(parsed.command.do === 'resume' || (parsed.command.until ?? 0) > NOW / 1000).toBe(true);
    }),
  );
});
