/** Memory: what is due in the shards that were read, whatever the run was started for. */
import type {Rule} from '../../rules/rules.ts';
import type {Incident} from '../format/format.ts';
import {isReleased} from './inhibit.ts';
import {ruleFor, type Scene} from './scene.ts';
import {standIn} from './stand-in.ts';
import {dueOf, tick} from './timers.ts';

export function lookAtClock(scene: Scene): void {
  const {rules, reread} = scene.input;
  for (const shard of scene.shelf.numbers) {
    for (const incident of [...scene.shelf.at(shard).incidents.values()]) {
      const rule = ruleFor(rules, incident);
      if (rule === undefined || !needsClock(incident, rule, scene.now)) continue;
      const emission = {rule, change: standIn(incident, rule), shard, key: '', byClock: true, at: incident.at};
      const facts = {
        ...scene.factsOf(emission, incident),
        at: scene.now,
        ...(incident.route === undefined ? {} : {destinations: incident.route}),
        inhibitedBy: undefined,
        reread: reread?.get(incident.id),
        isReleased: incident.inhibitedBy !== undefined && isReleased(incident, scene.shelf.toShards()),
      };
      scene.apply(emission, incident, tick(incident, facts));
    }
  }
}

function needsClock(incident: Incident, rule: Rule, now: number): boolean {
  if (incident.state === 'open' && (incident.muted !== undefined || incident.inhibitedBy !== undefined)) return true;
  return (dueOf(incident, rule) ?? now + 1) <= now;
}
