/** Memory: the adapter for the store, which does not know the content of a shard. */
import {count} from '../../base/text/show.ts';
import type {ShardFormat} from '../store/shard-store.ts';
import {emptyMemory, type Memory} from './format.ts';
import {merge} from './merge.ts';
import {parseMemory} from './parse.ts';
import {serialize} from './serialize.ts';

export const SHARD_FORMAT: ShardFormat<Memory> = {
  empty: emptyMemory,
  parse(text, shard) {
    const parsed = parseMemory(text, shard);
    if (parsed.kind === 'memory') return {memory: parsed.memory};
    if (parsed.kind === 'newer') return {newer: parsed.version};
    const [first, ...others] = parsed.problems;
    const more = others.length === 0 ? '' : `, and ${count(others.length, 'more mistake')}`;
    return {invalid: `line ${first?.line ?? 1}: ${first?.message ?? 'is not a memory'}${more}`};
  },
  serialize,
  merge,
};
