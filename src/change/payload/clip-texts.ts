/** Clips the texts of a change. */
import {isSameJson} from '../../base/json.ts';
import {clip} from '../../base/text/show.ts';
import type {Change, SIDES} from '../change.ts';
import type {ReadPath} from '../reads.ts';
import {marks} from './cut-mark.ts';

const CLIPPED = ['title', 'team', 'by', 'origin', 'timer'] as const;

/**
 * Clips texts that are rarely long. The parser already limits blueprint, entity, time and run id.
 * @param mayClip whether the text at a path can be clipped
 */
export function clipTexts(change: Change, mayClip: (path: ReadPath) => boolean): Change {
  const paths: string[] = [];
  const clipAll = <T extends object>(owner: T, keys: readonly (keyof T & string)[], at: ReadPath): T => {
    const clipped = keys.flatMap(key => {
      const value = clipValue(owner[key]);
      if (!mayClip([...at, key]) || isSameJson(value, owner[key])) return [];
      paths.push([...at, key].join('.'));
      return [[key, value]];
    });
    return clipped.length === 0 ? owner : {...owner, ...Object.fromEntries(clipped)};
  };
  const texts = clipAll(change, CLIPPED, []);
  const side = (name: (typeof SIDES)[number]) => change[name] && clipAll(change[name], ['title', 'team'], [name]);
  const clipped = {...texts, before: side('before'), after: side('after')};
  return paths.length === 0 ? change : {...clipped, truncated: marks(change, paths)};
}

/** Clips a text, the first 20 items of a list, or each text of a mapping. */
function clipValue(value: unknown): unknown {
  if (typeof value === 'string') return clip(value, 200);
  if (Array.isArray(value)) return value.slice(0, 20).map(name => clip(String(name), 100));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, clipValue(text)]));
}
