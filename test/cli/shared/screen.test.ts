import {expect, test} from '@jest/globals';
import {type Screen, screenOf} from '../../../src/cli/shared/screen.ts';
import type {CliWorld} from '../../../src/cli/shared/world.ts';

test.each<[CliWorld['terminal'], CliWorld['env'], boolean, Screen]>([
  [{}, {}, true, {width: 100, isColored: false}],
  [{columns: 70}, {}, true, {width: 100, isColored: false}],
  [{isTTY: true}, {}, true, {width: 100, isColored: true}],
  [{isTTY: true, columns: 70}, {}, true, {width: 70, isColored: true}],
  [{isTTY: true, columns: 20}, {}, true, {width: 60, isColored: true}],
  [{isTTY: true, columns: 300}, {}, true, {width: 100, isColored: true}],
  [{isTTY: true}, {NO_COLOR: '1'}, true, {width: 100, isColored: false}],
  [{isTTY: true}, {NO_COLOR: ''}, true, {width: 100, isColored: true}],
  [{isTTY: true}, {TERM: 'dumb'}, true, {width: 100, isColored: false}],
  [{isTTY: true}, {}, false, {width: 100, isColored: false}],
])('%j with %j, colors %p', (terminal, env, wantsColor, expected) => {
  expect(screenOf(terminal, env, wantsColor)).toEqual(expected);
});
