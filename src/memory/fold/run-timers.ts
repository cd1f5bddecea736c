/** Memory: runs the timers that are due in the shards that were read, regardless of what started the run. */
import type {Rule, Rules} from '../../rules/rules.ts';
import type {Incident} from '../format/format.ts';
import {subjectOf} from '../format/keys.ts';
import {SHARDS} from '../format/shards.ts';
import {type FoldState, ruleFor} from './fold-state.ts';
import {isParent, isReleased} from './inhibit.ts';
import {syntheticChange} from './synthetic-change.ts';
import {dueOf, tick} from './timers.ts';

/** Incidents that inhibit others come first, because their state affects the others. */
export function runTimers(fold: FoldState): void {
  const {rules} = fold.input;
  for (const found of incidentsIn(fold).toSorted(byRank(rules))) {
    const rule = ruleFor(rules, found.incident);
    if (rule !== undefined && needsClock(found.incident, rule, fold.now)) runTimersOf(fold, found, rule);
  }
  while (releaseChildren(fold)); // a released incident can inhibit or release others
}

interface Found {
  readonly shard: number;
  readonly incident: Incident;
}

function incidentsIn({workingShards}: FoldState): Found[] {
  return workingShards.numbers.flatMap(shard =>
    [...workingShards.at(shard).incidents.values()].map(incident => ({shard, incident})),
  );
}

function byRank(rules: Rules): (a: Found, b: Found) => number {
  const rankOf = ({incident}: Found) => (isParent(rules, incident.rule) ? 0 : 1);
  return (a, b) => rankOf(a) - rankOf(b);
}

function runTimersOf(fold: FoldState, {shard, incident}: Found, rule: Rule): void {
  const {rules, reread} = fold.input;
  const source = {rule, change: syntheticChange(incident, rule), shard, key: '', byClock: true, at: incident.at};
  const facts = {
    ...fold.factsOf(source, incident),
    at: fold.now,
    ...(incident.route === undefined ? {} : {destinations: incident.route}),
    reread: reread?.get(incident.id),
    isReleased: incident.inhibitedBy !== undefined && isReleased(rules, incident, fold.workingShards.toShards()),
  };
  fold.apply(source, incident, tick(incident, facts));
}

/** @returns whether an incident changed */
function releaseChildren(fold: FoldState): boolean {
  const {rules} = fold.input;
  const shards = fold.workingShards.toShards();
  let isChanged = false;
  for (const {shard, incident} of incidentsIn(fold)) {
    const rule = isReleased(rules, incident, shards) ? ruleFor(rules, incident) : undefined;
    if (rule === undefined || incident.state !== 'open') continue;
    runTimersOf(fold, {shard, incident}, rule);
    isChanged ||= fold.workingShards.at(shard).incidents.get(subjectOf(incident)) !== incident;
  }
  return isChanged;
}

/**
 * Whether a due timer also depends on shards that were not read: those of the incidents that a parent inhibits, or those of the
 * parents of an incident.
 */
export function isPartial({input: {rules, shards}, now}: FoldState): boolean {
  if (rules.inhibit.length === 0 || shards.size === SHARDS) return false;
  const incidents = [...shards.values()].flatMap(memory => memory.incidents);
  return incidents.some(incident => (incident.due ?? now + 1) <= now && isRelated(rules, incident));
}

function isRelated(rules: Rules, {rule, relations}: Incident): boolean {
  return relations !== undefined || isParent(rules, rule);
}

function needsClock(incident: Incident, rule: Rule, now: number): boolean {
  if (incident.state === 'open' && (incident.muted !== undefined || incident.inhibitedBy !== undefined)) return true;
  return (dueOf(incident, rule) ?? now + 1) <= now;
}
