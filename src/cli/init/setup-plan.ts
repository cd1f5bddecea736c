/** Plan: existing × wanted objects in Port → the steps of the setup. Objects of users are never changed. Pure. */

import {isObject} from '../../base/json.ts';
import {nearest} from '../../base/text/nearest.ts';
import type {PortObject} from '../../clients/port.ts';
import {type Automation, MARKER} from './automation.ts';
import {describeDifference, setupDifferences} from './differences.ts';
import {EXAMPLE_BLUEPRINT, EXAMPLE_ENTITY} from './example.ts';
import {type OtherAutomation, othersAt} from './other-automations.ts';

/** The object with a name in Port, or undefined if it does not exist, or the error of the request. */
export type Found = {readonly object: PortObject | undefined} | {readonly error: string};

/** The existing objects in Port. */
export interface Existing {
  /** The blueprints that the setup needs, by identifier. */
  readonly blueprints: ReadonlyMap<string, Found>;
  /** The automations with the wanted identifiers. */
  readonly automations: ReadonlyMap<string, Found>;
  /** The properties of the example entity, if it is wanted. */
  readonly exampleEntity?: Found;
  /** The identifiers of all blueprints, for suggestions. Empty if they are not known. */
  readonly blueprintNames: readonly string[];
  /** All automations in Port, or the error of the request. */
  readonly listed?: Listed;
}

export type Listed = {readonly automations: readonly PortObject[]} | {readonly error: string};

export interface Wanted {
  readonly automations: readonly Automation[];
  /** Whether to create the blueprint and the entity of the guide. */
  readonly example: boolean;
  /** The blueprint that shows incidents. */
  readonly incidents?: PortObject & {readonly identifier: string};
  /** The webhook URL of the relay. */
  readonly url: string;
  /** Whether to remove automations that `init` created and the rules no longer need. */
  readonly prune?: boolean;
}

/** A wanted object in Port, and the action for it. */
export type SetupStep = {
  readonly kind: 'blueprint' | 'entity' | 'automation';
  /** The identifier. For an entity: `blueprint/entity`. */
  readonly name: string;
} & Todo;

type Todo =
  /** `blueprint` is the blueprint that it requires. */
  | {readonly todo: 'create'; readonly body: PortObject; readonly blueprint: string; readonly detail?: string}
  | {readonly todo: 'update'; readonly body: PortObject; readonly differences: readonly string[]}
  /** It is up to date. */
  | {readonly todo: 'nothing'}
  /** `init` created it, and the rules no longer need it. */
  | {readonly todo: 'remove' | 'leave'; readonly reason: string}
  /** It belongs to the user and differs, which is allowed. */
  | {readonly todo: 'keep'; readonly reason: string}
  /** An object of the user has the same name. */
  | {readonly todo: 'conflict'; readonly reason: string}
  /** It can't be created: something is missing, or a request failed. */
  | {readonly todo: 'fail'; readonly reason: string};

/** The steps, in order of execution. */
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

/** Automations that post to another relay belong to other rules, and are not listed. */
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

/** A copy that a person created in Port also contains the marker of `init`. */
function leftoverReason({blueprint, timer}: OtherAutomation, automations: readonly Automation[]) {
  const twin = automations.find(
    ({trigger: {event}}) => event.blueprintIdentifier === blueprint && event.propertyIdentifier === timer,
  );
  if (twin !== undefined) {
    return {why: `it is a copy of ${twin.identifier}`, effect: 'Each change arrives twice, as two automation runs'};
  }
  const what = timer === undefined ? `blueprint ${blueprint}` : `the timer ${timer} of blueprint ${blueprint}`;
  return {why: `no rule uses ${what}`, effect: 'Port still posts its changes to the relay'};
}

/** The entity is created before the automations, so that they do not report its creation. */
function planExample({blueprints, exampleEntity = NOT_REQUESTED}: Existing): SetupStep[] {
  const blueprint = EXAMPLE_BLUEPRINT.identifier;
  const found = blueprints.get(blueprint) ?? NOT_REQUESTED;
  return [
    {kind: 'blueprint', name: blueprint, ...planIfAbsent(found, EXAMPLE_BLUEPRINT, EXAMPLE_BLUEPRINT)},
    {
      kind: 'entity',
      name: `${blueprint}/${EXAMPLE_ENTITY.identifier}`,
      ...planIfAbsent(exampleEntity, EXAMPLE_ENTITY.properties, EXAMPLE_ENTITY),
    },
  ];
}

/** An existing blueprint of this name is never changed, because it can belong to the user. Missing keys are reported. */
function planIncidents(incidents: NonNullable<Wanted['incidents']>, {blueprints}: Existing): SetupStep {
  const what = {kind: 'blueprint', name: incidents.identifier} as const;
  const found = blueprints.get(incidents.identifier) ?? NOT_REQUESTED;
  if ('error' in found) return {...what, todo: 'fail', reason: found.error};
  const {object} = found;
  if (object === undefined) return {...what, todo: 'create', body: incidents, blueprint: incidents.identifier};
  const missing = [
    ...missingKeys('property', propertiesIn(incidents), propertiesIn(object)),
    ...missingKeys('relation', incidents['relations'], object['relations']),
  ];
  if (missing.length === 0) return {...what, todo: 'nothing'};
  const reason = `init does not change existing blueprints. This one lacks ${missing.join(', ')}, so it cannot show incidents. Add them in Port, or use another blueprint in the rules`;
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

const NOT_REQUESTED: Found = {error: 'init did not request it'};

function planIfAbsent(found: Found, wanted: PortObject, body: PortObject): Todo {
  if ('error' in found) return {todo: 'fail', reason: found.error};
  if (found.object === undefined) return {todo: 'create', body, blueprint: EXAMPLE_BLUEPRINT.identifier};
  const paths = setupDifferences(found.object, wanted).map(({path}) => path);
  if (paths.length === 0) return {todo: 'nothing'};
  return {todo: 'keep', reason: `differs from the example in ${paths.join(', ')}. init does not change it`};
}

function planAutomation(automation: Automation, made: readonly string[], existing: Existing): SetupStep {
  const {identifier: name, trigger} = automation;
  const what = {kind: 'automation', name} as const;
  const blueprint = trigger.event.blueprintIdentifier;
  const obstacle = missingBlueprint(blueprint, made, existing);
  if (obstacle !== undefined) return {...what, todo: 'fail', reason: obstacle};
  const found = existing.automations.get(name) ?? NOT_REQUESTED;
  if ('error' in found) return {...what, todo: 'fail', reason: found.error};
  if (found.object !== undefined) return {...what, ...planIfPresent(automation, found.object)};
  return {...what, todo: 'create', body: {...automation}, blueprint, detail: describeTrigger(automation)};
}

function planIfPresent(automation: Automation, existing: PortObject): Todo {
  const different = setupDifferences(existing, automation);
  if (different.length === 0) return {todo: 'nothing'};
  if (!String(existing['description']).includes(MARKER)) {
    const reason = `init did not create the existing automation of this name, so it does not change it. Delete it, or add "${MARKER}" to its description, and run init again`;
    return {todo: 'conflict', reason};
  }
  return {
    todo: 'update',
    body: {...preservedFields(existing), ...automation},
    differences: different.map(describeDifference),
  };
}

/** An update replaces the whole automation. This keeps the fields that people can set and `init` does not set. */
function preservedFields(existing: PortObject): PortObject {
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
  const found = blueprints.get(blueprint) ?? NOT_REQUESTED;
  if ('error' in found) return found.error;
  const isExample = blueprint === EXAMPLE_BLUEPRINT.identifier;
  if (found.object !== undefined || made.includes(blueprint)) return undefined;
  const near = nearest(blueprint, blueprintNames);
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  const remedy = isExample
    ? 'Run init with --example to create it'
    : 'Create it (with --incidents, init creates the one of `incidents`), or fix the rules';
  return `Port has no blueprint "${blueprint}".${meant} ${remedy}`;
}
