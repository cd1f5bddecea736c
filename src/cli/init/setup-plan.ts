/** Plan: what Port has × what is wanted there → the steps of the setup. Nothing that a user made is ever changed. Pure. */

import {isObject} from '../../base/json.ts';
import {nearest} from '../../base/nearest.ts';
import type {PortObject} from '../../clients/port.ts';
import {type Automation, MARKER} from './automation.ts';
import {describeDifference, setupDifferences} from './differences.ts';
import {EXAMPLE_BLUEPRINT, EXAMPLE_ENTITY} from './example.ts';
import {type OtherAutomation, othersAt} from './other-automations.ts';

/** What there is in Port under a name: the object, nothing, or unknown because the question failed. */
export type Found = {readonly object: PortObject | undefined} | {readonly error: string};

/** Port as it is before the setup: an answer for everything that is wanted. */
export interface Existing {
  /** By identifier: those that the automations need, and the example's if it is wanted. */
  readonly blueprints: ReadonlyMap<string, Found>;
  /** By identifier, likewise. */
  readonly automations: ReadonlyMap<string, Found>;
  /** The properties of the example's entity, if it is wanted. */
  readonly exampleEntity?: Found;
  /** Identifiers of all blueprints, for suggestions; empty if they are not known. */
  readonly blueprintNames: readonly string[];
  /** All automations of Port's, or why they are not known. */
  readonly listed?: Listed;
}

export type Listed = {readonly automations: readonly PortObject[]} | {readonly error: string};

export interface Wanted {
  readonly automations: readonly Automation[];
  /** Whether the blueprint and the entity of the guide are to be there too. */
  readonly example: boolean;
  /** The blueprint that shows incidents. */
  readonly incidents?: PortObject & {readonly identifier: string};
  /** Where the relay takes webhooks. */
  readonly url: string;
  /** Whether automations of our own that the rules do not ask for are removed. */
  readonly prune?: boolean;
}

/** One thing that is wanted in Port, and what is to be done about it. */
export type SetupStep = {
  readonly kind: 'blueprint' | 'entity' | 'automation';
  /** Its identifier; an entity's follows its blueprint's and a slash. */
  readonly name: string;
} & Todo;

type Todo =
  /** `blueprint` is its own, without which Port would refuse it. */
  | {readonly todo: 'create'; readonly body: PortObject; readonly blueprint: string; readonly detail?: string}
  | {readonly todo: 'update'; readonly body: PortObject; readonly differences: readonly string[]}
  /** It is up to date. */
  | {readonly todo: 'nothing'}
  /** It is our own, and the rules do not ask for it. */
  | {readonly todo: 'remove' | 'leave'; readonly reason: string}
  /** It differs, is the user's own, and that is all right. */
  | {readonly todo: 'keep'; readonly reason: string}
  /** Something of the user's is in the way. */
  | {readonly todo: 'conflict'; readonly reason: string}
  /** It can't be made: something is missing, or Port did not answer what exists. */
  | {readonly todo: 'fail'; readonly reason: string};

/** The steps in the order in which they are to be taken. */
export function planSetup(wanted: Wanted, existing: Existing): SetupStep[] {
  const {automations, example, incidents} = wanted;
  const made = [...(example ? [EXAMPLE_BLUEPRINT.identifier] : []), ...(incidents ? [incidents.identifier] : [])];
  return [
    ...(example ? planExample(existing) : []),
    ...(incidents ? [planIncidents(incidents, existing)] : []),
    ...automations.map(automation => planAutomation(automation, made, existing)),
    ...planLeftovers(wanted, existing),
  ];
}

/** Those that post to another relay belong to other rules. */
function planLeftovers({automations, url, prune = false}: Wanted, {listed}: Existing): SetupStep[] {
  if (listed === undefined || 'error' in listed) return [];
  return othersAt(url, listed.automations, automations)
    .filter(({isOurs}) => isOurs)
    .map(other => {
      const {why, effect} = leftoverReason(other, automations);
      const reason = prune ? why : `${why}. ${effect}. Run init with --prune to remove it`;
      return {kind: 'automation', name: other.identifier, todo: prune ? 'remove' : 'leave', reason};
    });
}

/** A copy that a person made in Port keeps the mark of `init` in its description. */
function leftoverReason({blueprint, timer}: OtherAutomation, automations: readonly Automation[]) {
  const twin = automations.find(
    ({trigger: {event}}) => event.blueprintIdentifier === blueprint && event.propertyIdentifier === timer,
  );
  if (twin !== undefined) {
    return {why: `it is a copy of ${twin.identifier}`, effect: 'Each change arrives twice, as two automation runs'};
  }
  const what = timer === undefined ? `blueprint ${blueprint}` : `the timer ${timer} of blueprint ${blueprint}`;
  return {why: `no rule uses ${what} any more`, effect: 'Port still posts its changes to the relay'};
}

/** The entity comes before the automations, so that its creation is not the first change that they report. */
function planExample({blueprints, exampleEntity = NOT_ASKED}: Existing): SetupStep[] {
  const blueprint = EXAMPLE_BLUEPRINT.identifier;
  const found = blueprints.get(blueprint) ?? NOT_ASKED;
  return [
    {kind: 'blueprint', name: blueprint, ...planIfAbsent(found, EXAMPLE_BLUEPRINT, EXAMPLE_BLUEPRINT)},
    {
      kind: 'entity',
      name: `${blueprint}/${EXAMPLE_ENTITY.identifier}`,
      ...planIfAbsent(exampleEntity, EXAMPLE_ENTITY.properties, EXAMPLE_ENTITY),
    },
  ];
}

/** A blueprint of this name is never changed: it may be the user's. What it lacks is named. */
function planIncidents(incidents: NonNullable<Wanted['incidents']>, {blueprints}: Existing): SetupStep {
  const what = {kind: 'blueprint', name: incidents.identifier} as const;
  const found = blueprints.get(incidents.identifier) ?? NOT_ASKED;
  if ('error' in found) return {...what, todo: 'fail', reason: found.error};
  const {object} = found;
  if (object === undefined) return {...what, todo: 'create', body: incidents, blueprint: incidents.identifier};
  const missing = [
    ...missingKeys('property', propertiesIn(incidents), propertiesIn(object)),
    ...missingKeys('relation', incidents['relations'], object['relations']),
  ];
  if (missing.length === 0) return {...what, todo: 'nothing'};
  const reason = `init does not change it. It lacks ${missing.join(', ')}, so incidents cannot be shown there. Add them in Port, or name another blueprint in the rules`;
  return {...what, todo: 'conflict', reason};
}

function propertiesIn({schema}: PortObject): unknown {
  return isObject(schema) ? schema['properties'] : undefined;
}

function missingKeys(what: string, wanted: unknown, existing: unknown): string[] {
  const there = new Set(isObject(existing) ? Object.keys(existing) : []);
  return Object.keys(isObject(wanted) ? wanted : {})
    .filter(name => !there.has(name))
    .map(name => `the ${what} ${name}`);
}

const NOT_ASKED: Found = {error: 'init did not look it up'};

function planIfAbsent(found: Found, wanted: PortObject, body: PortObject): Todo {
  if ('error' in found) return {todo: 'fail', reason: found.error};
  if (found.object === undefined) return {todo: 'create', body, blueprint: EXAMPLE_BLUEPRINT.identifier};
  const paths = setupDifferences(found.object, wanted).map(({path}) => path);
  if (paths.length === 0) return {todo: 'nothing'};
  return {todo: 'keep', reason: `init does not change it. It differs from the example in ${paths.join(', ')}`};
}

function planAutomation(automation: Automation, made: readonly string[], existing: Existing): SetupStep {
  const {identifier: name, trigger} = automation;
  const what = {kind: 'automation', name} as const;
  const blueprint = trigger.event.blueprintIdentifier;
  const obstacle = missingBlueprint(blueprint, made, existing);
  if (obstacle !== undefined) return {...what, todo: 'fail', reason: obstacle};
  const found = existing.automations.get(name) ?? NOT_ASKED;
  if ('error' in found) return {...what, todo: 'fail', reason: found.error};
  if (found.object !== undefined) return {...what, ...planIfPresent(automation, found.object)};
  return {...what, todo: 'create', body: {...automation}, blueprint, detail: describeTrigger(automation)};
}

function planIfPresent(automation: Automation, existing: PortObject): Todo {
  const different = setupDifferences(existing, automation);
  if (different.length === 0) return {todo: 'nothing'};
  if (!String(existing['description']).includes(MARKER)) {
    const reason = `init did not create the existing automation of this name, and does not change it. Delete it, or write "${MARKER}" into its description, and run init again`;
    return {todo: 'conflict', reason};
  }
  return {
    todo: 'update',
    body: {...keepLooks(existing), ...automation},
    differences: different.map(describeDifference),
  };
}

/** The update replaces the whole automation: what people set there and init does not, is to stay. */
function keepLooks(existing: PortObject): PortObject {
  const keys = ['icon', 'allowAnyoneToViewRuns'].filter(key => existing[key] !== undefined && existing[key] !== null);
  return Object.fromEntries(keys.map(key => [key, existing[key]]));
}

function describeTrigger({trigger: {event, condition}}: Automation): string {
  const what = event.propertyIdentifier === undefined ? event.type : `${event.type} of ${event.propertyIdentifier}`;
  return condition === undefined ? what : `${what} if ${condition.expressions.join(', or ')}`;
}

function missingBlueprint(
  blueprint: string,
  made: readonly string[],
  {blueprints, blueprintNames}: Existing,
): string | undefined {
  const found = blueprints.get(blueprint) ?? NOT_ASKED;
  if ('error' in found) return found.error;
  const isExample = blueprint === EXAMPLE_BLUEPRINT.identifier;
  if (found.object !== undefined || made.includes(blueprint)) return undefined;
  const near = nearest(blueprint, blueprintNames);
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  const remedy = isExample
    ? 'Run init with --example, which creates it'
    : 'Create it (with --incidents, init creates the one of `incidents`), or fix the rules';
  return `Port has no blueprint "${blueprint}".${meant} ${remedy}`;
}
