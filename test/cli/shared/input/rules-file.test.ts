import {afterEach, expect, test} from '@jest/globals';
import type {Problem} from '../../../../src/base/errors.ts';
import {readRulesText} from '../../../../src/cli/shared/input/rules-file.ts';
import {DEFAULT_RULES} from '../../../../src/rules/default-path.ts';
import {aCliWorld, type TestWorld} from '../../../helpers/processes/cli-world.ts';

let world: TestWorld;
afterEach(() => world.remove());

test('reads the rules from the folder', () => {
  world = aCliWorld({files: {[DEFAULT_RULES]: 'version: 1'}});
  expect(readRulesText(DEFAULT_RULES, world.cwd, [])).toBe('version: 1');
});

test('a missing file is a problem with a fix', () => {
  world = aCliWorld();
  const problems: Problem[] = [];
  expect(readRulesText('rules.yml', world.cwd, problems)).toBe('');
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).toMatch(
    /rules\.yml can't be read: it does not exist\. Run the command in the repository/,
  );
});
