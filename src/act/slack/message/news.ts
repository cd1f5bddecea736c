/** Act: whether a message about a match is news: a change for the worse. Pure. */
import {resolveReads} from '../../../change/reads.ts';
import type {Match} from '../../../decide/plan.ts';
import type {Rule} from '../../../rules/rules.ts';
import {updateOf} from '../incident/update.ts';

/** Topics of a change for the worse. The text of a rule is written for these, not for an end or a reminder. */
const NEWS: ReadonlySet<string> = new Set(['firing', 'reopened', 'update']);

export function isNews(match: Match): boolean {
  const update = updateOf(match);
  if (update === undefined) return true;
  const {topic, byClock} = update.reaction;
  return NEWS.has(topic) && (!byClock || canRenderText(match.rule));
}

/** Messages of the clock know only the entity's names and the rule's property. A text that reads more is not used. */
function canRenderText({property, notify}: Rule): boolean {
  if (notify?.text === undefined) return false;
  return resolveReads(notify.text.reads, property).every(
    ([side, kind, name]) =>
      side === 'title' || side === 'team' || (side === 'after' && kind === 'properties' && name === property),
  );
}

export function isByClock(match: Match): boolean {
  return updateOf(match)?.reaction.byClock === true;
}
