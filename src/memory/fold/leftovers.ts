/** Memory: finishes the work of earlier runs. A re-run continues its own work. Later runs finish the work of a dead run. */
import {hasIncident} from '../../rules/rules.ts';
import type {Incident, Unfinished} from '../format/format.ts';
import {subjectOf} from '../format/keys.ts';
import {attempt} from './attempt.ts';
import {isSameRun, scriptIn, unsentOf} from './ledger.ts';
import type {Emission} from './recorder.ts';
import type {Scene} from './scene.ts';
import {audienceOf} from './step.ts';
import {syntheticChange} from './synthetic-change.ts';
import {secondsOpen} from './turns.ts';
import {unfinishedIn} from './working-shards.ts';

/**
 * Another run started to act on the same key. Only its unfinished work is done now. A failed script starts again only if a
 * person re-runs that run. A second delivery of the change does not repeat the script.
 */
export function resumeUnfinished(scene: Scene, emission: Emission): void {
  const {rule, shard, key, change} = emission;
  const workingShard = scene.workingShards.at(shard);
  const entry = unfinishedIn(workingShard, key);
  if (entry === undefined) return;
  const subject = subjectOf({...change, rule: rule.name});
  const incident = workingShard.incidents.get(subject);
  const at = {...emission, before: incident, incident};
  const unsent = unsentOf(entry, readerOf(scene));
  resendMessages(scene, at, {entry, unsent});
  const script = scriptIn(entry, rule, readerOf(scene));
  if (script === 'unknown') scene.recorder.unknown(at, entry, concerned(scene, at));
  const isRetried = script === 'failed' && isSameRun(entry.run, scene.input.run);
  if (isRetried) retryScript(scene, at, incident);
  if (unsent.length === 0 && script !== 'unknown' && !isRetried) {
    scene.recorder.note(at, {why: 'duplicate', run: entry.run});
  }
}

/** Finishes the work of runs that died. */
export function finishAbandoned(scene: Scene): void {
  const {rules} = scene.input;
  for (const shard of scene.workingShards.numbers) {
    const workingShard = scene.workingShards.at(shard);
    const byId = new Map([...workingShard.incidents.values()].map(incident => [incident.id, incident]));
    for (const [key, entry] of Object.entries(workingShard.memory.unfinished)) {
      const incident = byId.get(entry.incident ?? '');
      const rule = incident && rules.byName.get(incident.rule);
      if (incident === undefined || rule === undefined || scene.recorder.isTouched(key)) continue;
      const at = (entry.at ?? entry.t) * 1000;
      const emission = {
        rule,
        change: syntheticChange(incident, rule),
        shard,
        key,
        byClock: true,
        at,
        before: incident,
        incident,
      };
      const unsent = unsentOf({...entry, notify: onlyTodo(entry.notify)}, readerOf(scene));
      resendMessages(scene, emission, {entry, unsent});
      if (entry.unknown !== true && scriptIn(entry, rule, readerOf(scene)) === 'unknown') {
        scene.recorder.unknown(emission, entry, concerned(scene, emission));
      }
    }
  }
}

function readerOf({now, input}: Scene) {
  return {now, run: input.run};
}

interface Unsent {
  readonly entry: Unfinished;
  /** The destinations that did not receive the message. */
  readonly unsent: readonly string[];
}

/** If the incident has ended meanwhile, destinations that missed the first message also receive the message about the end. */
function resendMessages(scene: Scene, emission: Emission, {entry, unsent}: Unsent): void {
  const {rule, incident} = emission;
  if (unsent.length === 0) return;
  scene.recorder.again(emission, entry, unsent);
  const isBeginning = entry.told === 'firing' || entry.told === 'reopened' || entry.told === 'update';
  if (!isBeginning || incident?.closed === undefined || incident.id !== entry.incident) return;
  if (rule.notify === undefined || rule.notify.recovery === false || incident.flapping !== undefined) return;
  const seconds = secondsOpen(incident);
  scene.recorder.effects(emission, [{kind: 'notify', topic: 'recovered', to: unsent, due: incident.closed, seconds}]);
}

/** A re-run repeats a failed script if its incident is still open. Cooldown and attempts apply to it too. */
function retryScript(scene: Scene, emission: Emission, incident: Incident | undefined): void {
  const {rule, change, shard} = emission;
  if (hasIncident(rule) && incident?.state !== 'open') {
    scene.recorder.note(emission, {why: 'over', instead: 'remediation'});
    return;
  }
  const before = incident ?? scene.begin(rule, change);
  const step = attempt(before, scene.factsOf(emission, incident));
  const after: Incident = {...step.incident, run: scene.input.run};
  scene.recorder.effects({...emission, before: incident, incident: incident && after}, step.effects);
  if (incident !== undefined) scene.keep(shard, incident, after);
}

/** The destinations for the message about an unknown script outcome: those of the incident, and the first escalation. */
function concerned(scene: Scene, emission: Emission): string[] {
  const {rule, incident} = emission;
  if (rule.notify === undefined) return [];
  const heard = incident === undefined ? scene.factsOf(emission).destinations : audienceOf(incident);
  return [...heard, ...(rule.notify.escalate?.[0]?.slack ?? [])];
}

/** A failed message is repeated by a re-run only. A message that was never sent is sent now. */
function onlyTodo(notify: Readonly<Record<string, string>> = {}): Record<string, 'todo'> {
  return Object.fromEntries(
    Object.keys(notify)
      .filter(name => notify[name] === 'todo')
      .map(name => [name, 'todo']),
  );
}
