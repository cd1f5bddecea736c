/** Memory: whether what follows from a change has happened, asked without doing anything. Pure. */
import type {Change} from '../change/change.ts';
import type {Rule} from '../rules/rules.ts';
import {ledgerStateOf} from './fold/ledger.ts';
import {Shelf} from './fold/shelf.ts';
import type {Shards} from './format/format.ts';
import {matchKey, shardOf, subjectOf} from './format/keys.ts';

/**
 * `handled`: a run has decided on it, or is at work on it. `superseded`: it would not react any more, because it is at or before the
 * horizon, or older than what the incident has taken in. `new`: a run would react to it.
 */
export type Standing = 'handled' | 'superseded' | 'new';

/** How changes stand to rules that they match or whose incident they end. All shards of the changes must be there. */
export function createAccounting(shards: Shards): (rule: Rule, change: Change) => Standing {
  const shelf = new Shelf(shards);
  return (rule, change) => {
    const drawer = shelf.at(shardOf(change));
    const at = Date.parse(change.at);
    const {kind} = ledgerStateOf(drawer, matchKey(rule, change), at);
    if (kind === 'duplicate' || kind === 'unfinished') return 'handled';
    const incident = drawer.incidents.get(subjectOf({...change, rule: rule.name}));
    return kind === 'superseded' || (incident !== undefined && at < incident.at) ? 'superseded' : 'new';
  };
}
