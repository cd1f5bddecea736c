/** Describes differences between expected and actual results of a rule test. Pure. */
import type {ActualIncident, ActualTold} from './actual.ts';
import type {Mismatch} from './compare.ts';
import type {ExpectedIncident, ExpectedMessage, ExpectedRemediation} from './rule-tests.ts';

/** The subject of a difference, and its two sides. Texts can have several lines. */
export interface MismatchText {
  readonly subject: string;
  readonly expected: string;
  readonly actual: string;
}

export function describeMismatch(mismatch: Mismatch): MismatchText {
  switch (mismatch.kind) {
    case 'rule': {
      const [wanted, actual] = mismatch.expected ? ['matches', 'does not match'] : ['does not match', 'matches'];
      return {subject: `rule ${mismatch.rule}`, expected: wanted, actual: withReasons(actual, mismatch.reasons)};
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
        expected: mismatch.missing.length === 0 ? 'a message' : `contains ${quoted(mismatch.missing)}`,
        actual: mismatch.actual?.text ?? withReasons('no message', mismatch.reasons),
      };
    case 'unexpected message':
      return {
        subject: `message to ${mismatch.actual.slack}${atTime(mismatch.actual)}`,
        expected: 'no message',
        actual: mismatch.actual.text,
      };
    case 'remediation':
      return {
        subject: `remediation ${remediationSubject(mismatch.expected)}`,
        expected: 'is started',
        actual: withReasons('is not started', mismatch.reasons),
      };
    case 'unexpected remediation':
      return {
        subject: `remediation ${remediationSubject(mismatch.actual)}`,
        expected: 'is not started',
        actual: withReasons(`is started${atTime(mismatch.actual)}, by ${mismatch.actual.rule}`, mismatch.reasons),
      };
    case 'told':
      return {
        subject: 'told',
        expected: mismatch.expected.length === 0 ? 'nothing' : mismatch.expected.join(', '),
        actual: [toldInOrder(mismatch.actual), ...shownReasons(mismatch.reasons)].join('\n'),
      };
    case 'incident':
      return {
        subject: `incident${incidentSubject(mismatch.expected)}`,
        expected: mismatch.expected.state === undefined ? 'is not closed' : `is ${mismatch.expected.state}`,
        actual: statesOf(mismatch.actual),
      };
    case 'unexpected incident':
      return {
        subject: `incident${incidentSubject(mismatch.actual)}`,
        expected: 'no such incident',
        actual: `is ${mismatch.actual.state}`,
      };
    case 'acknowledgement':
      return {
        subject: `ack ${mismatch.rule}`,
        expected: 'an open incident to acknowledge',
        actual: 'no open incident',
      };
  }
}

function atTime({at}: {readonly at?: string}): string {
  return at === undefined ? '' : ` at ${at}`;
}

/** A line to copy into the test, then one line for each message. */
function toldInOrder(actual: readonly ActualTold[]): string {
  if (actual.length === 0) return 'nothing';
  const words = actual.map(({told}) => told).join(', ');
  return [words, ...actual.map(one => `  ${one.told}${atTime(one)}: ${one.rule}, ${one.entity}`)].join('\n');
}

function incidentSubject({rule, entity}: ExpectedIncident): string {
  return `${rule === undefined ? '' : ` of ${rule}`}${entity === undefined ? '' : ` for ${entity}`}`;
}

function statesOf(actual: readonly ActualIncident[]): string {
  if (actual.length === 0) return 'no open incident';
  return actual.map(({rule, entity, state}) => `${rule}, ${entity}: ${state}`).join('\n');
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

function shownReasons(reasons: readonly string[]): string[] {
  const more = reasons.length > MAX_REASONS ? [`… and ${reasons.length - MAX_REASONS} more`] : [];
  return [...reasons.slice(0, MAX_REASONS), ...more];
}

function withReasons(what: string, reasons: readonly string[]): string {
  const shown = shownReasons(reasons);
  return shown.length === 0 ? what : `${what}: ${shown.join('\n')}`;
}
