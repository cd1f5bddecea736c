/** Explain: text for the parts of a verdict, for the terminal and the playground. Pure. */
import {nearest} from '../../base/text/nearest.ts';
import {count, oneLine} from '../../base/text/show.ts';
import type {Condition} from '../../decide/describe.ts';
import {showSide} from '../../decide/show-side.ts';
import type {RecordedVerdict} from '../../report/decision-record.ts';

/** "matches", "does not match" or "could not be decided". */
export function verdictText({matched, undecided}: RecordedVerdict): string {
  if (matched) return 'matches';
  return undecided ? 'could not be decided' : 'does not match';
}

/** The blueprint that the rule watches. */
function watched({conditions}: RecordedVerdict): string {
  return oneLine(String(conditions.find(({condition}) => condition === 'blueprint')?.expected));
}

/** Whether the rule watches the blueprint of the change. */
export function watchesBlueprint({
  conditions,
}: {
  readonly conditions: readonly {readonly condition: string; readonly held: boolean}[];
}): boolean {
  return conditions.every(({condition, held}) => condition !== 'blueprint' || held);
}

/** Longer lists are replaced by a number. */
const MAX_BLUEPRINTS = 3;

/** Port wrote the event, so if only the letter case differs, the mistake is in the rules. */
function caseMismatchHint(blueprint: string, near: string, rules: readonly RecordedVerdict[]): string {
  if (blueprint.toLowerCase() !== near.toLowerCase()) return `Did you mean ${near}?`;
  const names = rules.filter(verdict => watched(verdict) === near).map(({rule}) => rule);
  const shown = names.length > MAX_BLUEPRINTS ? count(names.length, 'rule') : names.join(', ');
  return `The event has the blueprint ${blueprint}, but ${shown} ${names.length === 1 ? 'has' : 'have'} ${near}: they differ only in letter case. If Port uses ${blueprint}, write \`blueprint: ${blueprint}\`.`;
}

/**
 * Lists the blueprints of other rules, with a hint if the blueprint of the event looks like a typo.
 * @param rules the rules for other blueprints, at least one
 */
export function otherBlueprintsText(
  blueprint: string,
  rules: readonly RecordedVerdict[],
): {about: string; slip?: string} {
  const blueprints = [...new Set(rules.map(watched))];
  const near = nearest(blueprint, blueprints);
  const names = blueprints.length > MAX_BLUEPRINTS ? '' : `: ${blueprints.join(', ')}`;
  const about = `${count(rules.length, 'rule')} for other blueprints${names}`;
  return near === undefined ? {about} : {about, slip: caseMismatchHint(blueprint, near, rules)};
}

/** The deciding condition: the first that is false, or else the first that is unknown. */
export function blockerOf(conditions: readonly Condition[]): Condition | undefined {
  return conditions.find(({held, unknown}) => !held && !unknown) ?? conditions.find(({held}) => !held);
}

/** The expected value of a condition: "expected 80 or more". */
export function showExpected({condition, expected}: Condition): string {
  if (condition === 'property' || condition === 'if') return `expected ${oneLine(String(expected))}`;
  if (condition === 'above') return `expected to reach ${showSide(expected)} or more`;
  if (condition === 'below') return `expected to reach ${showSide(expected)} or less`;
  return `expected ${Array.isArray(expected) ? expected.map(showSide).join(' or ') : showSide(expected)}`;
}

/** The actual value of a condition. */
export function showActual({condition, actual}: Condition): string {
  if (condition !== 'if' || typeof actual !== 'object' || actual === null) return showSide(actual);
  const seen = Object.entries(actual).map(([path, value]) => `${path}: ${showSide(value)}`);
  return seen.length === 0 ? 'always false' : oneLine(seen.join(', '));
}
