/** A difference between what a rule test expects and what came, for people. Pure. */
import type {Mismatch} from './compare.ts';
import type {ExpectedMessage, ExpectedRemediation} from './rule-tests.ts';

/** What a difference is about, and its two sides: texts of one or more lines. */
export interface MismatchText {
  readonly subject: string;
  readonly expected: string;
  readonly actual: string;
}

export function describeMismatch(mismatch: Mismatch): MismatchText {
  switch (mismatch.kind) {
    case 'rule': {
      const [wanted, came] = mismatch.expected ? ['matches', 'does not match'] : ['does not match', 'matches'];
      return {subject: `rule ${mismatch.rule}`, expected: wanted, actual: withReasons(came, mismatch.reasons)};
    }
    case 'undecided':
      return {
        subject: `rule ${mismatch.rule}`,
        expected: 'can be decided',
        actual: withReasons('could not be decided', mismatch.reasons),
      };
    case 'message':
      return {
        subject: messageSubject(mismatch.expected),
        expected: mismatch.missing.length === 0 ? 'a message' : `holds ${quoted(mismatch.missing)}`,
        actual: mismatch.actual?.text ?? withReasons('no message', mismatch.reasons),
      };
    case 'unexpected message':
      return {subject: `message to ${mismatch.actual.slack}`, expected: 'no message', actual: mismatch.actual.text};
    case 'remediation':
      return {
        subject: `remediation ${remediationSubject(mismatch.expected)}`,
        expected: 'is started',
        actual: withReasons('is not', mismatch.reasons),
      };
    case 'unexpected remediation':
      return {
        subject: `remediation ${remediationSubject(mismatch.actual)}`,
        expected: 'is not started',
        actual: withReasons(`is, by ${mismatch.actual.rule}`, mismatch.reasons),
      };
  }
}

function messageSubject({slack}: ExpectedMessage): string {
  return slack === undefined ? 'message' : `message to ${slack}`;
}

function remediationSubject({run, job, rule, entity}: ExpectedRemediation): string {
  const what = run ?? `job ${job}`;
  return `${what}${rule === undefined ? '' : ` of ${rule}`}${entity === undefined ? '' : ` for ${entity}`}`;
}

function quoted(texts: readonly string[]): string {
  return texts.map(text => JSON.stringify(text)).join(' and ');
}

const MAX_REASONS = 3;

function withReasons(what: string, reasons: readonly string[]): string {
  const more = reasons.length > MAX_REASONS ? [`… and ${reasons.length - MAX_REASONS} more`] : [];
  const shown = [...reasons.slice(0, MAX_REASONS), ...more];
  return shown.length === 0 ? what : `${what}: ${shown.join('\n')}`;
}
