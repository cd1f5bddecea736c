/** Memory: an incident → a change, for routes, mutes and messages when the clock runs without a change. Pure. */
import type {Change} from '../../change/change.ts';
import {environmentsOf} from '../../decide/select.ts';
import type {Rule, Rules} from '../../rules/rules.ts';
import type {Incident} from '../format/format.ts';
import type {StoredFacts} from './advance.ts';
import {relationsToParents} from './inhibit.ts';

/** The entity as the memory knows it: its property, teams, environments, and relations to parents. */
export function syntheticChange(incident: Incident, {property}: Rule): Change {
  const {id, blueprint, entity, title, team = [], environment, relations = {}, at, value = null} = incident;
  const values = [
    ...(environment === undefined ? [] : [['environment', environment]]),
    ...(property === undefined ? [] : [[property, value]]),
  ];
  return {
    id,
    source: 'automation',
    action: 'UPDATE',
    blueprint,
    entity,
    title,
    team,
    at: new Date(at).toISOString(),
    by: {},
    origin: '',
    before: null,
    after: {properties: Object.fromEntries(values), relations},
  };
}

const MAX_TEXT = 200;

/**
 * The facts that an incident stores from a change.
 * @param value the rule's property after the change
 */
export function storedFacts(rules: Pick<Rules, 'inhibit'>, change: Change, value: unknown): StoredFacts {
  const {title, team} = change;
  const environment = environmentsOf(change);
  const relations = relationsToParents(rules, change);
  const isShort = typeof value !== 'object' && (typeof value !== 'string' || value.length <= MAX_TEXT);
  return {
    at: Date.parse(change.at),
    title: title.slice(0, MAX_TEXT),
    ...(isShort ? {value} : {value: value === null ? null : undefined}),
    ...(team.length === 0 ? {} : {team: [...team]}),
    ...(environment.length === 0 ? {} : {environment}),
    ...(Object.keys(relations).length === 0 ? {} : {relations}),
  };
}
