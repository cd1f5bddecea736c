/** Memory: applies the commands that people gave in Port, in order, before other decisions. Pure. */
import type {Rules} from '../rules/rules.ts';
import {type AppliedCommand, applyCommand, type Command} from './apply-command.ts';
import type {Shards} from './format/format.ts';

const WORDS: Record<AppliedCommand['result'], string> = {
  done: 'done',
  unchanged: 'it was already in effect',
  unknown: 'the memory does not have this incident',
  closed: 'the incident is closed',
};

/** The returned sentences contain text of the catalog. */
export function applyCommands(rules: Rules, shards: Shards, commands: readonly Command[]) {
  const changed = new Set<number>();
  const sentences: string[] = [];
  let next = shards;
  for (const command of commands) {
    const applied = applyCommand(rules, next, command);
    next = applied.next;
    for (const shard of applied.changed) changed.add(shard);
    sentences.push(`${command.incident}: ${command.do}, requested by ${command.by} in Port: ${WORDS[applied.result]}`);
  }
  return {next, changed: [...changed], sentences};
}
