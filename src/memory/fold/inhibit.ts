/** Memory: incidents that hold others back, found by the relation from the entity to the one that is to blame. Pure. */
import {type Change, propertyOf} from '../../change/change.ts';
import {selects} from '../../decide/select.ts';
import type {Inhibit, Rule, Rules} from '../../rules/rules.ts';
import type {Incident, Shards} from '../format/format.ts';
import {shardOf} from '../format/keys.ts';

/** The open incident that holds a match of the rule back; undefined if there is none. */
export function inhibitorOf(rules: Rules, rule: Rule, change: Change, shards: Shards): Incident['inhibitedBy'] {
  for (const inhibit of rules.inhibit) {
    for (const parent of parentsOf(rules, inhibit, rule, change)) {
      const shard = shardOf(parent);
      const found = shards.get(shard)?.incidents.find(one => isAbout(one, parent) && isOpen(one));
      if (found !== undefined) return {id: found.id, shard};
    }
  }
  return undefined;
}

/** The shards that hold the incidents that could hold a match of the rule back: they are read as well. */
export function inhibitorShards(rules: Rules, rule: Rule, change: Change): number[] {
  return rules.inhibit.flatMap(inhibit => parentsOf(rules, inhibit, rule, change).map(shardOf));
}

/** Whether the incident that held this one back is over. If its shard was not read, nobody knows. */
export function isReleased({inhibitedBy}: Incident, shards: Shards): boolean {
  if (inhibitedBy === undefined) return false;
  const memory = shards.get(inhibitedBy.shard);
  return memory !== undefined && !memory.incidents.some(one => one.id === inhibitedBy.id && isOpen(one));
}

/** How many open incidents in the shards this one holds back. */
export function holdsBack({id}: Incident, shards: Shards): number {
  const all = [...shards.values()].flatMap(({incidents}) => incidents);
  return all.filter(one => one.inhibitedBy?.id === id && one.state === 'open').length;
}

interface Parent {
  readonly rule: string;
  readonly blueprint: string;
  readonly entity: string;
}

function parentsOf(rules: Rules, {while: names, through, match}: Inhibit, rule: Rule, change: Change): Parent[] {
  const related = propertyOf((change.after ?? change.before)?.relations, through);
  const entities = [related].flat().filter(entity => typeof entity === 'string');
  if (entities.length === 0 || selects(match, rule, change) !== true) return [];
  const parents = names.flatMap(name => rules.byName.get(name) ?? []);
  return parents.flatMap(({name, blueprint}) => entities.map(entity => ({rule: name, blueprint, entity})));
}

function isAbout(incident: Incident, {rule, blueprint, entity}: Parent): boolean {
  return incident.rule === rule && incident.blueprint === blueprint && incident.entity === entity;
}

function isOpen({state}: Incident): boolean {
  return state === 'open' || state === 'clearing';
}
