import {describe, expect, test} from '@jest/globals';
import {isKey, keysAt, scriptPathMistake, WrittenRule} from '../../../src/rules/written/written-rules.ts';

describe('the valid keys', () => {
  test.each<[PropertyKey[], string[]]>([
    [[], ['version', 'statuses', 'routes', 'mute', 'silences', 'inhibit', 'incidents', 'rules']],
    [
      ['routes', 3],
      ['match', 'slack', 'fallback', 'continue'],
    ],
    [
      ['routes', 0, 'match'],
      ['blueprint', 'entity', 'team', 'property', 'severity', 'rule', 'environment'],
    ],
    [
      ['rules', 0, 'notify'],
      ['mention', 'runbook', 'slack', 'text', 'recovery', 'repeat', 'escalate'],
    ],
    [
      ['rules', 0, 'remediate'],
      ['run', 'job', 'timeout', 'cooldown', 'attempts', 'verify', 'env', 'pass'],
    ],
    [['rules', 0, 'remediate', 'env'], []],
    [['constructor'], []],
  ])('at %j are %j', (path, expected) => {
    expect(keysAt(path)).toEqual(expected);
  });

  test.each([
    ['rules', true],
    ['slack', true],
    ['attempts', true],
    ['REPLICAS', false],
    ['constructor', false],
  ])('include %s: %s', (word, expected) => {
    expect(isKey(word)).toBe(expected);
  });

  test('of a rule are the keys of its schema', () => {
    expect(keysAt(['rules', 7])).toEqual(Object.keys(WrittenRule.shape));
  });
});

describe('a path of a script', () => {
  test.each(['scale-up.sh', '.github/remediations/scale-up.sh', './a.sh', 'a/b.c/d', 'ü/..a.sh', 'a..sh'])(
    'can be %s',
    path => {
      expect(scriptPathMistake(path)).toBeUndefined();
    },
  );

  test.each(['/bin/sh', '~/a.sh', '../a.sh', 'a/../../b', 'a\\..\\b', '..', 'C:\\a.sh', 'C:/a.sh', '\\\\host\\a.sh'])(
    'cannot be %s',
    path => {
      expect(scriptPathMistake(path)).toMatch(/^must be a path inside the repository/);
    },
  );

  test.each(['kubectl scale', 'a\tb', 'a\nb', 'a\0b', 'a\u00a0b'])('cannot be a shell line: %j', path => {
    expect(scriptPathMistake(path)).toMatch(/not a shell line/);
  });
});
