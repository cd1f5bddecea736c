/** Generates a rule test for `test --one`: the current reactions to a change are the expected ones. Pure. */
import {stringify} from 'yaml';
import {showValue} from '../../base/text/show.ts';
import type {Change} from '../../change/change.ts';
import type {Explanation} from '../explain/explanation.ts';

/** A test, in the format of the test file. */
export interface OneTest {
  readonly name: string;
  readonly change: Readonly<Record<string, unknown>>;
  readonly expect: 'nothing' | object;
}

/** @param property the property that changes */
export function testOf({changes, plans}: Explanation, property: string): OneTest {
  const [one] = changes;
  const [plan] = plans;
  if (one === undefined || plan === undefined) throw new Error('the event is one change');
  const from = one.change.before?.properties[property] ?? null;
  const to = one.change.after?.properties[property] ?? null;
  const messages = plan.messages.map(({slack}) => ({slack}));
  const remediations = [
    ...plan.remediations.map(({run, rule}) => ({run, rule})),
    ...plan.handOvers.map(({job, rule}) => ({job, rule})),
  ];
  const rules = one.rules.filter(({matched}) => matched).map(({rule}) => rule);
  return {
    name: `${property} changes from ${nameOf(from)} to ${nameOf(to)}`,
    change: {...namesOf(one.change), property, from, to},
    expect: rules.length === 0 ? 'nothing' : {rules, messages, remediations},
  };
}

/** The test as an item of `tests:`, to copy into the file. */
export function renderTest(test: OneTest, file: string): string {
  const text = stringify([test], {lineWidth: 0, collectionStyle: 'any'});
  return `# Add this under \`tests:\` in ${file}. Change \`expect\` to the reactions that you want.\n${text}`;
}

function namesOf({blueprint, entity, title}: Change) {
  return {blueprint, entity, ...(title === entity ? {} : {title})};
}

function nameOf(value: unknown): string {
  return value === null ? 'not set' : showValue(value, 60);
}
