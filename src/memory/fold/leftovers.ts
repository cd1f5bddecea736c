/** Memory: what earlier runs left unfinished. A re-run continues it, and later runs finish what a dead run began. */
import {hasIncident} from '../../rules/rules.ts';
import type {Incident, Unfinished} from '../format/format.ts';
import {subjectOf} from '../format/keys.ts';
import {attempt} from './attempt.ts';
import {isSameRun, scriptIn, unsentOf} from './ledger.ts';
import type {Emission} from './recorder.ts';
import type {Scene} from './scene.ts';
import {unfinishedIn} from './shelf.ts';
import {standIn} from './stand-in.ts';
import {audienceOf} from './step.ts';

/**
 * Another run began to act on the same key. Only what it left unfinished is done now. A script that failed starts again only if a
 * person re-runs that run. A second delivery of the change does not repeat it.
 */
export function goOn(scene: Scene, emission: Emission): void {
  const {rule, shard, key, change} = emission;
  const drawer = scene.shelf.at(shard);
  const entry = unfinishedIn(drawer, key);
  if (entry === undefined) return;
  const subject = subjectOf({...change, rule: rule.name});
  const incident = drawer.incidents.get(subject);
  const at = {...emission, before: incident, incident};
  const unsent = unsentOf(entry, readerOf(scene));
  sendAgain(scene, at, {entry, unsent});
  const script = scriptIn(entry, rule, readerOf(scene));
  if (script === 'unknown') scene.recorder.unknown(at, entry, concerned(scene, at));
  const isRetried = script === 'failed' && isSameRun(entry.run, scene.input.run);
  if (isRetried) tryAgain(scene, at, incident);
  if (unsent.length === 0 && script !== 'unknown' && !isRetried) {
    scene.recorder.note(at, {why: 'duplicate', run: entry.run});
  }
}

/** Finishes what runs that died left behind. */
export function sweep(scene: Scene): void {
  const {rules} = scene.input;
  for (const shard of scene.shelf.numbers) {
    const drawer = scene.shelf.at(shard);
    const byId = new Map([...drawer.incidents.values()].map(incident => [incident.id, incident]));
    for (const [key, entry] of Object.entries(drawer.memory.unfinished)) {
      const incident = byId.get(entry.incident ?? '');
      const rule = incident && rules.byName.get(incident.rule);
      if (incident === undefined || rule === undefined || scene.recorder.isTouched(key)) continue;
      const at = (entry.at ?? entry.t) * 1000;
      const emission = {
        rule,
        change: standIn(incident, rule),
        shard,
        key,
        byClock: true,
        at,
        before: incident,
        incident,
      };
      const unsent = unsentOf({...entry, notify: onlyTodo(entry.notify)}, readerOf(scene));
      sendAgain(scene, emission, {entry, unsent});
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
  /** The destinations that did not get the message. */
  readonly unsent: readonly string[];
}

/** Destinations that get the first message only after the end get the message about the end too. */
function sendAgain(scene: Scene, emission: Emission, {entry, unsent}: Unsent): void {
  const {rule, incident} = emission;
  if (unsent.length === 0) return;
  scene.recorder.again(emission, entry, unsent);
  const isBeginning = entry.told === 'firing' || entry.told === 'reopened' || entry.told === 'update';
  if (!isBeginning || incident?.closed === undefined || incident.id !== entry.incident) return;
  if (rule.notify === undefined || rule.notify.recovery === false || incident.flapping !== undefined) return;
  const seconds = Math.max(0, incident.closed - incident.since);
  scene.recorder.effects(emission, [{kind: 'notify', topic: 'recovered', to: unsent, due: incident.closed, seconds}]);
}

/** A re-run starts a failed script again if its incident is still open. Cooldown and attempts hold for it too. */
function tryAgain(scene: Scene, emission: Emission, incident: Incident | undefined): void {
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

/** The destinations of the message that a script's outcome is not known: those of the incident, and the first escalation. */
function concerned(scene: Scene, emission: Emission): string[] {
  const {rule, incident} = emission;
  if (rule.notify === undefined) return [];
  const heard = incident === undefined ? scene.factsOf(emission).destinations : audienceOf(incident);
  return [...heard, ...(rule.notify.escalate?.[0]?.slack ?? [])];
}

/** A message that failed is left to a re-run. One that was never sent is sent now. */
function onlyTodo(notify: Readonly<Record<string, string>> = {}): Record<string, 'todo'> {
  return Object.fromEntries(
    Object.keys(notify)
      .filter(name => notify[name] === 'todo')
      .map(name => [name, 'todo']),
  );
}
