import {expect, test} from '@jest/globals';
import {allDestinations, destinationsOf} from '../../../src/lint/workflow/destinations.ts';
import {readWorkflow} from '../../../src/lint/workflow/workflow.ts';

function stepsWith(...inputs: object[]) {
  const text = JSON.stringify({on: 'push', jobs: {a: {steps: inputs.map(given => ({uses: './', with: given}))}}});
  return readWorkflow({file: 'w.yml', text}, true)?.steps ?? [];
}

function destinations(inputs: object) {
  const [step] = stepsWith(inputs);
  if (step === undefined) throw new Error('no step');
  const {names, isComplete, mistakes} = destinationsOf(step);
  return {names, isComplete, mistakes: mistakes.map(({message}) => message)};
}

const SECRET = '$'.concat('{{ secrets.X }}');

test('each line names a destination, and the single address is the default', () => {
  const lines = `payments=${SECRET}\n\n  search = ${SECRET}\n`;
  expect(destinations({'slack-webhook-url': SECRET, 'slack-webhooks': lines})).toEqual({
    names: ['default', 'payments', 'search'],
    isComplete: true,
    mistakes: [],
  });
});

test('lines from a secret make the list incomplete', () => {
  expect(destinations({'slack-webhooks': `${SECRET}\na=${SECRET}`})).toEqual({
    names: ['a'],
    isComplete: false,
    mistakes: [],
  });
});

test('empty inputs give no destinations', () => {
  expect(destinations({'slack-webhook-url': ''})).toEqual({names: [], isComplete: true, mistakes: []});
});

test('the default can also be given twice', () => {
  const {mistakes} = destinations({'slack-webhook-url': SECRET, 'slack-webhooks': `default=${SECRET}`});
  expect(mistakes).toEqual(['the destination "default" appears twice. Rename one.']);
});

test('an address in a malformed line is not repeated', () => {
  const {mistakes} = destinations({'slack-webhooks': 'payments https://example.com/secret'});
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toMatch(/^a line is not name=url/);
  expect(mistakes[0]).not.toContain('example.com');
});

test('the destinations of several steps are known only if those of each step are', () => {
  const [one, other] = [
    {'slack-webhooks': `a=${SECRET}`},
    {'slack-webhook-url': SECRET, 'slack-webhooks': `a=${SECRET}`},
  ];
  expect(allDestinations(stepsWith(one, other))).toEqual(['a', 'default']);
  expect(allDestinations(stepsWith(one, {'slack-webhooks': SECRET}))).toBeUndefined();
  expect(allDestinations([])).toBeUndefined();
});

test.each([`a=${SECRET} b=${SECRET}`, `a=${SECRET}, b = ${SECRET}`, `a=${SECRET},b=${SECRET}`])(
  'several destinations in one line are a mistake, but are known: %s',
  line => {
    expect(destinations({'slack-webhooks': line})).toEqual({
      names: ['a', 'b'],
      isComplete: true,
      mistakes: [expect.stringMatching(/^several destinations are in one line/)],
    });
  },
);

test('channels of a bot are also destinations, and can have the name of a webhook', () => {
  const inputs = {
    'slack-webhook-url': SECRET,
    'slack-bot-token': SECRET,
    'slack-channels': 'default=C0123\non-call=G0123',
  };
  expect(destinations(inputs)).toEqual({names: ['default', 'on-call'], isComplete: true, mistakes: []});
});

test.each<[string, object, RegExp[]]>([
  ['a token without channels', {'slack-bot-token': SECRET}, [/^has no effect without `slack-channels`/]],
  ['channels without a token', {'slack-channels': 'a=C0123'}, [/^needs `slack-bot-token`/]],
  [
    'a token in plain text',
    {'slack-bot-token': 'xoxb-1-abc', 'slack-channels': 'a=C0123'},
    [/^the bot token is a secret/],
  ],
  ['a name of a channel', {'slack-bot-token': SECRET, 'slack-channels': 'a=#ops'}, [/^is not a channel ID/]],
  ['a line without a name', {'slack-bot-token': SECRET, 'slack-channels': 'C0123'}, [/^"C0123" is not name=C0123/]],
  ['a duplicate name', {'slack-bot-token': SECRET, 'slack-channels': 'a=C0123\na=C0124'}, [/"a" appears twice/]],
])('%s is a mistake', (_name, inputs, expected) => {
  const {mistakes} = destinations(inputs);
  expect(mistakes).toHaveLength(expected.length);
  for (const [index, pattern] of expected.entries()) expect(mistakes[index]).toMatch(pattern);
});
