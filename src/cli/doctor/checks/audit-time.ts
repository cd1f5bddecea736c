/** Checks that the audit log and the automation report the same time for a change. `reconcile` depends on it. Pure. */
import {showSpan, showValue} from '../../../base/text/show.ts';
import type {Change} from '../../../change/change.ts';
import type {AuditEntry} from '../../../clients/audit-log.ts';
import {sameChange} from '../../../reconcile/classify-entries.ts';
import {type Finding, failed, notChecked, ok} from '../finding.ts';

/** An entry can appear after the automation reported its change. Port does not document the delay. */
const MAY_BE_LATE_MS = 10 * 60_000;
const REPORT_IT =
  'Do not use reconcile: it would report handled changes as missing. Please report this problem, with both times.';

/**
 * @param change a change that an automation reported
 * @param entries the entries of the audit log around its time, for the same blueprint
 */
export function timeFindings(change: Change, entries: readonly AuditEntry[], nowMs: number): readonly Finding[] {
  const logged = entries.flatMap(entry => (entry.kind === 'change' ? [entry.change] : []));
  const what = `the change of ${showValue(change.entity, 60)} at ${change.at}`;
  if (logged.some(other => sameChange(other, change))) {
    return [ok(`The audit log has ${what} at the same time as the automation that reported it.`)];
  }
  const near = nearest(change, logged);
  if (near !== undefined) {
    const apart = showSpan(Math.abs(Date.parse(near.at) - Date.parse(change.at)) / 1000);
    return [
      failed(
        `The audit log has ${what} at ${near.at}, which differs by ${apart}: reconcile cannot match the two.`,
        REPORT_IT,
      ),
    ];
  }
  if (nowMs - Date.parse(change.at) < MAY_BE_LATE_MS) {
    return [notChecked(`the audit log does not have ${what} yet. Run doctor again in ten minutes`)];
  }
  return [
    failed(
      `The audit log can be read, but does not contain ${what}, which an automation reported.`,
      'Use the credentials of an administrator. Other users see only a part of the audit log.',
    ),
  ];
}

function nearest({entity, action, at}: Change, logged: readonly Change[]): Change | undefined {
  const distance = (other: Change) => Math.abs(Date.parse(other.at) - Date.parse(at));
  const same = logged.filter(other => other.entity === entity && other.action === action);
  return same.toSorted((a, b) => distance(a) - distance(b))[0];
}
