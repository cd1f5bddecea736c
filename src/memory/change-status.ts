/** Memory: whether a change was already handled, without acting on it. Pure. */
import type {Change} from '../change/change.ts';
import type {Rule} from '../rules/rules.ts';
import {ledgerStateOf} from './fold/ledger.ts';
import {WorkingShards} from './fold/working-shards.ts';
import type {Shards} from './format/format.ts';
import {matchKey, shardOf, subjectOf} from './format/keys.ts';

/**
 * `handled`: a run has decided on the change or is acting on it. `superseded`: a run would no longer react to it, because it is
 * at or before the horizon, or older than the incident's latest change. `new`: a run would react to it.
 */
export type ChangeStatus = 'handled' | 'superseded' | 'new';

/** The status of changes for rules that they match, or whose incident they end. Needs all shards of the changes. */
export function createStatusOfChange(shards: Shards): (rule: Rule, change: Change) => ChangeStatus {
  const workingShards = new WorkingShards(shards);
  return (rule, change) => {
    const workingShard = workingShards.at(shardOf(change));
    const at = Date.parse(change.at);
    const {kind} = ledgerStateOf(workingShard, matchKey(rule, change), at);
    if (kind === 'duplicate' || kind === 'unfinished') return 'handled';
    const incident = workingShard.incidents.get(subjectOf({...change, rule: rule.name}));
    return kind === 'superseded' || (incident !== undefined && at < incident.at) ? 'superseded' : 'new';
  };
}
