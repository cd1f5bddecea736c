/** The width and the color support of the terminal. Pure. */
import type {CliWorld} from './world.ts';

export interface Screen {
  /** Columns. */
  readonly width: number;
  readonly isColored: boolean;
}

const MIN_WIDTH = 60;
const MAX_WIDTH = 100;

/** @param wantsColor false for `--no-color` @see https://no-color.org */
export function screenOf({isTTY, columns}: CliWorld['terminal'], env: CliWorld['env'], wantsColor: boolean): Screen {
  const available = isTTY ? (columns ?? MAX_WIDTH) : MAX_WIDTH;
  return {
    width: Math.min(Math.max(available, MIN_WIDTH), MAX_WIDTH),
    isColored: wantsColor && isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  };
}
