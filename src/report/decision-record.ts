/** Report: the decision record, one JSON line per change: what was decided, why, and what came of it. Pure. */
import type {Outcome} from '../act/outcome.ts';
import type {Condition, DescribedDecision, DescribedVerdict} from '../decide/describe.ts';
import {notInForce} from '../decide/plan.ts';
import {routeTo} from '../decide/route.ts';

/** An item of the output `reactions` and of the record; the schema is in decision-record-schema.ts. */
export interface Reaction {
  /** The change's id. */
  readonly change: string;
  readonly rule: string;
  readonly kind: Outcome['kind'];
  readonly status: Outcome['status'];
  readonly detail: string;
  readonly destination?: string;
  /** The route that led there: `routes[1]`, `notify.slack` or `default`. */
  readonly route?: string;
  readonly run?: string;
  readonly job?: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** What about the rule's reactions could not be decided, a sentence each. */
  readonly undecided?: readonly string[];
  /** What the rule asks for that is not in force yet, and what was not checked. */
  readonly notes?: readonly string[];
}

/** The outcome as the outside sees it. */
export function reactionOf({match, kind, status, detail, ...outcome}: Outcome): Reaction {
  const {destination, run, job, exitCode, durationMs, unchecked} = outcome;
  const notes = [...notInForce(match.rule, kind), ...(unchecked === undefined ? [] : [`not checked: ${unchecked}`])];
  const route = destination === undefined ? undefined : routeTo(match, destination)?.route;
  const {undecided} = match;
  const optional = {
    ...{destination, route, run, job, exitCode, durationMs, undecided},
    notes: notes.length === 0 ? undefined : notes,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return {change: match.change.id, rule: match.rule.name, kind, status, detail, ...given};
}

/** What was decided about one rule, as the record has it. */
export interface RecordedVerdict {
  readonly rule: string;
  readonly matched: boolean;
  /** Whether it matches is not known: the reason says why. `matched` is false then. */
  readonly undecided?: true;
  readonly reason: string;
  readonly conditions: readonly Condition[];
}

export function recordedVerdict({rule, matched, undecided, reason, conditions}: DescribedVerdict): RecordedVerdict {
  return {rule, matched, ...(undecided ? {undecided: true} : {}), reason, conditions};
}

/** The record of all decisions: JSON lines. */
export function renderRecord(
  decisions: readonly DescribedDecision[],
  outcomes: readonly Outcome[],
  runUrl: string,
): string {
  const lines = decisions.map(({change, verdicts}) => {
    const rules = verdicts.map(recordedVerdict);
    const reactions = outcomes.filter(({match}) => match.change === change).map(reactionOf);
    return `${JSON.stringify({change, rules, reactions, run: runUrl})}\n`;
  });
  return lines.join('');
}
