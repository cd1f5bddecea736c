/** Memory: what people ask for in Port, one after the other, before anything else is decided. Pure. */
import type {Rules} from '../rules/rules.ts';
import type {Shards} from './format/format.ts';
import {type Command, type Obeyed, obey} from './obey.ts';

const WORDS: Record<Obeyed['result'], string> = {
  done: 'done',
  unchanged: 'it is already so',
  unknown: 'the memory does not have this incident',
  closed: 'the incident is over',
};

/** The sentences hold text of the catalog. */
export function obeyAll(rules: Rules, shards: Shards, commands: readonly Command[]) {
  const changed = new Set<number>();
  const sentences: string[] = [];
  let next = shards;
  for (const command of commands) {
    const obeyed = obey(rules, next, command);
    next = obeyed.next;
    for (const shard of obeyed.changed) changed.add(shard);
    sentences.push(`${command.incident}: ${command.do}, asked by ${command.by} in Port: ${WORDS[obeyed.result]}`);
  }
  return {next, changed: [...changed], sentences};
}
