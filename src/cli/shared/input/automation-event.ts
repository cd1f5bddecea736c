/** Builds a synthetic event of a Port automation: one property of one entity changes. Pure. */
import type {Scalar} from '../../../rules/rules.ts';

export interface EventOptions {
  readonly blueprint: string;
  readonly entity: string;
  readonly property: string;
  /** null: not set. */
  readonly from: Scalar;
  /** null: not set. */
  readonly to: Scalar;
  readonly title: string;
  /** ISO 8601. */
  readonly at: string;
  /** The automation's run, which the action will close. */
  readonly runId?: string;
}

/** The body template that `init` sets in automations: the flattened event, and the id of the run. */
export function automationEvent({blueprint, entity, property, from, to, title, at, runId}: EventOptions): object {
  const side = (value: Scalar) => ({
    identifier: entity,
    title,
    icon: null,
    team: [],
    properties: {[property]: value},
    relations: {},
  });
  return {
    action: 'UPDATE',
    resourceType: 'entity',
    trigger: {by: {userId: 'port-reactor send'}, origin: 'API', at},
    context: {blueprintIdentifier: blueprint, entityIdentifier: entity, propertyIdentifier: null},
    diff: {before: side(from), after: side(to)},
    ...(runId === undefined ? {} : {runId}),
  };
}
