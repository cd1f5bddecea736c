import {expect, test} from '@jest/globals';
import {knownDestinations} from '../../src/lint/known-destinations.ts';

const SECRET = '$'.concat('{{ secrets.X }}');
const step = (inputs: object) => ({uses: 'acme/port-reactor@v1', with: inputs});
const BOTH = {'slack-webhook-url': SECRET, 'slack-webhooks': `payments=${SECRET}`};
const REVERSED = {'slack-webhooks': `payments=${SECRET}\ndefault=${SECRET}`};

function known(...workflows: (string | readonly object[])[]) {
  const texts = workflows.map(one =>
    typeof one === 'string' ? one : JSON.stringify({on: 'push', jobs: {a: {steps: one}}}),
  );
  return knownDestinations({
    rules: {file: '.github/port-reactor.yml', text: ''},
    workflows: texts.map((text, index) => ({file: `${index}.yml`, text})),
    ownAction: false,
  });
}

test.each([
  ['the only step', [[step(BOTH)]]],
  ['steps that agree', [[step(BOTH)], [step(REVERSED)]]],
  ['the step that runs these rules', [[step(BOTH), step({...BOTH, rules: 'other.yml', 'slack-webhooks': ''})]]],
  ['the step that reacts', [[step(BOTH)], [step({mode: 'lint'}), step({'dry-run': true})]]],
  [
    'the workflow with the action among others',
    [[step(BOTH)], 'on: push\njobs: {a: {steps: [{run: "true"}]}}', '{broken'],
  ],
])('the known destinations are those of %s', (_, workflows) => {
  expect(known(...workflows)).toEqual(['default', 'payments']);
});

test.each([
  ['there is no step', []],
  ['steps differ', [[step(BOTH)], [step({'slack-webhook-url': SECRET})]]],
  ['a secret holds the names', [[step({'slack-webhooks': SECRET, 'slack-webhook-url': SECRET})]]],
  ['the step configures none', [[step({})]]],
  ['a workflow with the action is not YAML', [[step(BOTH)], '{port-reactor']],
])('the destinations are not known if %s', (_, workflows) => {
  expect(known(...workflows)).toBeUndefined();
});
