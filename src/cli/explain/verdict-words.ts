/** Explain: the parts of a verdict in words, the same in the terminal and in the playground. Pure. */
import {nearest} from '../../base/nearest.ts';
import {count, oneLine} from '../../base/text.ts';
import type {Condition} from '../../decide/describe.ts';
import {showSide} from '../../decide/show-side.ts';
import type {RecordedVerdict} from '../../report/decision-record.ts';

/** "matches", "does not match" or "could not be decided". */
export function verdictWords({matched, undecided}: RecordedVerdict): string {
  if (matched) return 'matches';
  return undecided ? 'could not be decided' : 'does not match';
}

/** The blueprint that the rule is for. */
function watched({conditions}: RecordedVerdict): string {
  return oneLine(String(conditions.find(({condition}) => condition === 'blueprint')?.expected));
}

/** Whether the rule watches the change's blueprint at all. */
export function isAbout({
  conditions,
}: {
  readonly conditions: readonly {readonly condition: string; readonly held: boolean}[];
}): boolean {
  return conditions.every(({condition, held}) => condition !== 'blueprint' || held);
}

/** Of more, the names would hide what matters. */
const MAX_BLUEPRINTS = 3;

/** Port writes the event, so that a difference in letter case alone is a slip in the rules. */
function likelySlip(blueprint: string, near: string, rules: readonly RecordedVerdict[]): string {
  if (blueprint.toLowerCase() !== near.toLowerCase()) return `Did the event mean ${near}?`;
  const names = rules.filter(verdict => watched(verdict) === near).map(({rule}) => rule);
  const shown = names.length > MAX_BLUEPRINTS ? count(names.length, 'rule') : names.join(', ');
  return `The event's blueprint is ${blueprint}, and ${shown} has ${near}: they differ only in letter case. Write \`blueprint: ${blueprint}\`, if Port spells it so.`;
}

/**
 * Which blueprints have rules: of an event that no rule is about, the likeliest mistake is a slip in its blueprint.
 * @param rules those for other blueprints, at least one
 */
export function othersWords(blueprint: string, rules: readonly RecordedVerdict[]): {about: string; slip?: string} {
  const blueprints = [...new Set(rules.map(watched))];
  const near = nearest(blueprint, blueprints);
  const names = blueprints.length > MAX_BLUEPRINTS ? '' : `: ${blueprints.join(', ')}`;
  const about = `${count(rules.length, 'rule')} for other blueprints${names}`;
  return near === undefined ? {about} : {about, slip: likelySlip(blueprint, near, rules)};
}

/** The condition that decided: the first that does not hold. Otherwise it is the first that is not known. */
export function blockerOf(conditions: readonly Condition[]): Condition | undefined {
  return conditions.find(({held, unknown}) => !held && !unknown) ?? conditions.find(({held}) => !held);
}

/** What the condition asks for: "expected 80 or more". */
export function showExpected({condition, expected}: Condition): string {
  if (condition === 'property' || condition === 'if') return `expected ${oneLine(String(expected))}`;
  if (condition === 'above') return `expected to get to ${showSide(expected)} or more`;
  if (condition === 'below') return `expected to get to ${showSide(expected)} or less`;
  return `expected ${Array.isArray(expected) ? expected.map(showSide).join(' or ') : showSide(expected)}`;
}

/** What the change has. */
export function showActual({condition, actual}: Condition): string {
  if (condition !== 'if' || typeof actual !== 'object' || actual === null) return showSide(actual);
  const seen = Object.entries(actual).map(([path, value]) => `${path}: ${showSide(value)}`);
  return seen.length === 0 ? 'false, whatever the change' : oneLine(seen.join(', '));
}
