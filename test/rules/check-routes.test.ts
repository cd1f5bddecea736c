/** What is said of mistakes is in parse-rules.test.ts. Here: which routes are never reached. */
import {describe, expect, test} from '@jest/globals';
import {checkMatching} from '../../src/rules/check-routes.ts';

describe('routes', () => {
  const said = (...matches: unknown[]) =>
    checkMatching({routes: matches.map(match => ({match, slack: 'x'})), mute: [], silences: []}, []).map(({path}) =>
      path.join('.'),
    );
  test.each<[string, unknown[], string[]]>([
    ['of which one takes all', [{}, {team: 'a'}], ['routes.1']],
    ['of which one takes more', [{team: ['a', 'b']}, {team: 'b'}, {team: ['b', 'a']}], ['routes.1', 'routes.2']],
    ['of which one takes part', [{team: 'a'}, {team: ['a', 'b']}, {severity: 'info'}], []],
    ['of which one asks for more', [{team: 'a', severity: 'info'}, {team: 'a'}], []],
    ['of which one asks for other things', [{team: 'a'}, {blueprint: 'a'}], []],
    ['that are the same', [{team: 'a'}, {team: 'a'}], ['routes.1']],
    ['that are none', ['all', null, 7, {team: 'a'}], []],
  ])('%s', (_, matches, expected) => {
    expect(said(...matches)).toEqual(expected);
  });
});
