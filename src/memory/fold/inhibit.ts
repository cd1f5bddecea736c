/**
 * Memory: incidents that inhibit others. A relation of the child's entity names the parent's entity. The two can be in
 * different shards, so a change of a parent needs all shards. Pure.
 */
import {type Change, propertyOf} from '../../change/change.ts';
import {selects} from '../../decide/select.ts';
import type {Inhibit, Rule, Rules} from '../../rules/rules.ts';
import type {Incident, Shards} from '../format/format.ts';
import {shardOf} from '../format/keys.ts';

/** A match that an incident can inhibit. */
interface Child {
  readonly rule: Rule;
  readonly change: Change;
}

/** The open incident that inhibits the child, or undefined. */
export function inhibitorOf(rules: Rules, child: Child, shards: Shards): Incident['inhibitedBy'] {
  for (const inhibit of rules.inhibit) {
    for (const parent of parentsOf(rules, inhibit, child)) {
      const shard = shardOf(parent);
      const found = shards.get(shard)?.incidents.find(one => isAbout(one, parent) && isOpen(one));
      if (found !== undefined) return {id: found.id, shard};
    }
  }
  return undefined;
}

/** Whether incidents of the rule can inhibit others. */
export function isParent(rules: Rules, name: string): boolean {
  return rules.inhibit.some(inhibit => inhibit.while.includes(name));
}

/** The maximum number of entities that are stored for one relation. With more, a single entity rarely inhibits another. */
const MAX_RELATED = 50;

/** The relations of the change that can name a parent. They are stored for messages of the clock, which have no change. */
export function relationsToParents({inhibit}: Pick<Rules, 'inhibit'>, change: Change): Record<string, string[]> {
  const names = [...new Set(inhibit.map(({through}) => through))];
  return Object.fromEntries(
    names
      .map(name => [name, relatedTo(change, name).slice(0, MAX_RELATED)] as const)
      .filter(([, all]) => all.length > 0),
  );
}

/** The shards of the incidents that can inhibit the child. A run must read them too. */
export function inhibitorShards(rules: Rules, child: Child): number[] {
  return rules.inhibit.flatMap(inhibit => parentsOf(rules, inhibit, child).map(shardOf));
}

/**
 * Whether the inhibiting incident is closed, or the current rules no longer inhibit. False if its shard was not read, because
 * its state is unknown then.
 */
export function isReleased(rules: Rules, {inhibitedBy}: Incident, shards: Shards): boolean {
  if (inhibitedBy === undefined) return false;
  const memory = shards.get(inhibitedBy.shard);
  const holds = (one: Incident) => one.id === inhibitedBy.id && isOpen(one) && isParent(rules, one.rule);
  return memory !== undefined && !memory.incidents.some(holds);
}

/**
 * The number of open incidents that each incident inhibits, by its ID.
 * @param before the shards as they were read. They include incidents that a closing parent releases
 * @param after the same shards after this run
 */
export function countInhibited(before: Shards, after: Shards): ReadonlyMap<string, number> {
  const parents = new Map(incidentsIn(before).map(({id, inhibitedBy}) => [id, inhibitedBy?.id]));
  const counts = new Map<string, number>();
  for (const {id, state, inhibitedBy} of incidentsIn(after)) {
    const parent = inhibitedBy?.id ?? parents.get(id);
    if (parent !== undefined && state === 'open') counts.set(parent, (counts.get(parent) ?? 0) + 1);
  }
  return counts;
}

function incidentsIn(shards: Shards): Incident[] {
  return [...shards.values()].flatMap(({incidents}) => incidents);
}

interface Parent {
  readonly rule: string;
  readonly blueprint: string;
  readonly entity: string;
}

function parentsOf(rules: Rules, {while: names, through, match}: Inhibit, {rule, change}: Child): Parent[] {
  const entities = relatedTo(change, through);
  if (entities.length === 0 || selects(match, rule, change) !== true) return [];
  const parents = names.flatMap(name => rules.byName.get(name) ?? []);
  return parents.flatMap(({name, blueprint}) => entities.map(entity => ({rule: name, blueprint, entity})));
}

function relatedTo({after, before}: Change, relation: string): string[] {
  const related = propertyOf((after ?? before)?.relations, relation);
  return [related].flat().filter(entity => typeof entity === 'string');
}

function isAbout(incident: Incident, {rule, blueprint, entity}: Parent): boolean {
  return incident.rule === rule && incident.blueprint === blueprint && incident.entity === entity;
}

function isOpen({state}: Incident): boolean {
  return state === 'open' || state === 'clearing';
}
