/** The log of a run: each decision, then each outcome. */
import {type Outcome, sentenceOf} from '../act/outcome.ts';
import type {World} from '../base/deps.ts';
import {count, logText} from '../base/text/show.ts';
import {type DescribedDecision, type DescribedVerdict, verdictsOnBlueprint} from '../decide/describe.ts';

export function logDecisions(decisions: readonly DescribedDecision[], {core}: World): void {
  core.info(`${count(decisions.length, 'change')} to decide on`);
  for (const decision of decisions) {
    const {change} = decision;
    core.info(logText(`${change.entity}: change ${change.id} at ${change.at}`)); // in the format of the relay's log
    for (const {rule, reason, ...verdict} of verdictsOnBlueprint(decision)) {
      core.info(logText(`${change.entity}: ${rule} ${wordFor(verdict)}: ${reason}`));
    }
  }
}

function wordFor({matched, undecided}: Pick<DescribedVerdict, 'matched' | 'undecided'>): string {
  if (undecided) return 'could not be decided';
  return matched ? 'matches' : 'does not match';
}

export function logOutcomes(outcomes: readonly Outcome[], remarks: readonly string[], {core}: World): void {
  for (const outcome of outcomes) core.info(logText(sentenceOf(outcome)));
  for (const remark of remarks) core.warning(logText(remark));
}
