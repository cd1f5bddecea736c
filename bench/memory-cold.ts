/** Parses one full shard and decides on it once, like a run of the action. Prints the milliseconds of CPU time as JSON. */
import {decide} from '../src/decide/evaluate.ts';
import {fold} from '../src/memory/fold/fold.ts';
import {shardOf} from '../src/memory/format/keys.ts';
import {parseMemory} from '../src/memory/format/parse.ts';
import {serialize} from '../src/memory/format/serialize.ts';
import {aChange} from '../test/helpers/values/a-change.ts';
import {aFullShard} from '../test/memory/a-full-shard.ts';
import {minutes, oneRule} from '../test/memory/a-simulation.ts';

const rules = oneRule('to: Degraded, remediate: {run: a.sh, cooldown: 15m, attempts: 3, verify: 10m}');
const shard = shardOf({blueprint: 'b', entity: 'e'});
const text = serialize(aFullShard(shard));
const change = aChange({blueprint: 'b', entity: 'e', property: 'p', at: new Date(minutes(0)).toISOString()});
const decisions = decide(rules, [change]);

const before = process.cpuUsage();
const parsed = parseMemory(text, shard);
const parse = millisSince(before);
if (parsed.kind !== 'memory') throw new Error('the shard is not a memory');
fold({rules, decisions, shards: new Map([[shard, parsed.memory]]), nowMs: minutes(0), run: '1/1'});
process.stdout.write(JSON.stringify({bytes: Buffer.byteLength(text), parse, all: millisSince(before)}));

function millisSince(start: NodeJS.CpuUsage): number {
  const {user, system} = process.cpuUsage(start);
  return (user + system) / 1000;
}
