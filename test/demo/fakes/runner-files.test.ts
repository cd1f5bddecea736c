import {describe, expect, test} from '@jest/globals';
import {parseOutputs} from '../../../src/demo/fakes/runner-files.ts';

describe('parseOutputs', () => {
  test.each<[string, string, Record<string, string>]>([
    ['nothing', '', {}],
    ['a line', 'outcome=reacted\n', {outcome: 'reacted'}],
    ['a value with an equals sign', 'a=b=c\n', {a: 'b=c'}],
    ['an empty value', 'a=\n', {a: ''}],
    ['several lines', 'a<<END\none\ntwo=2\nEND\nb=1\n', {a: 'one\ntwo=2', b: '1'}],
    ['a value that looks like another output', 'a<<END\nb=evil\nb<<X\nEND\n', {a: 'b=evil\nb<<X'}],
    ['the last of two', 'a=1\na=2\n', {a: '2'}],
  ])('reads %s', (_, file, expected) => {
    expect(parseOutputs(file)).toEqual(expected);
  });

  test.each(['a', 'a<<END\none\n', 'a<<\none\n'])('refuses %j, as the runner does', file => {
    expect(() => parseOutputs(file)).toThrow(/Invalid format|Matching delimiter not found/);
  });
});
