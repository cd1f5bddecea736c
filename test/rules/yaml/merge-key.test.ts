import {expect, test} from '@jest/globals';
import {openYaml} from '../../../src/rules/yaml/parse-yaml.ts';

test.each(['a: 1\n<<: 5\n', 'a: {<<: [1]}', 'a: &x 1\n<<: *x', 'x: [{<<: 5}]'])(
  'a merge key without a mapping is a mistake: %j',
  text => {
    expect(openYaml(text).mistakes).toMatchObject([{message: 'a merge key (<<) requires a mapping or its alias'}]);
  },
);

test.each(['"<<": 5\n', 'a: <<\n'])('a text that looks like a merge key is not a mistake: %j', text => {
  expect(openYaml(text).mistakes).toEqual([]);
});
