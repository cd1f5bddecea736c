import {expect, test} from '@jest/globals';
import {type Screen, screenOf} from '../../../src/cli/shared/screen.ts';
import type {CliWorld} from '../../../src/cli/shared/world.ts';

test.each<[CliWorld['terminal'], CliWorld['env'], boolean, Screen]>([
  [{}, {}, true, {width: 100, isColoured: false}],
  [{columns: 70}, {}, true, {width: 100, isColoured: false}],
  [{isTTY: true}, {}, true, {width: 100, isColoured: true}],
  [{isTTY: true, columns: 70}, {}, true, {width: 70, isColoured: true}],
  [{isTTY: true, columns: 20}, {}, true, {width: 60, isColoured: true}],
  [{isTTY: true, columns: 300}, {}, true, {width: 100, isColoured: true}],
  [{isTTY: true}, {NO_COLOR: '1'}, true, {width: 100, isColoured: false}],
  [{isTTY: true}, {NO_COLOR: ''}, true, {width: 100, isColoured: true}],
  [{isTTY: true}, {TERM: 'dumb'}, true, {width: 100, isColoured: false}],
  [{isTTY: true}, {}, false, {width: 100, isColoured: false}],
])('%j with %j, colors %p', (terminal, env, wantsColour, expected) => {
  expect(screenOf(terminal, env, wantsColour)).toEqual(expected);
});
