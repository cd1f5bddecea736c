/** Lint: the sources of catalog text in a workflow: the payload from the relay and the outputs of the action. Pure. */
import {ACTION_OUTPUTS} from '../workflow/action-metadata.ts';
import {type Flow, listFlow, members} from './flow.ts';

/** The `client_payload` of the relay's events. The fields that the relay adds itself are numbers. */
export const PAYLOAD = members({version: 'clean', partition: 'clean', partitions: 'clean', count: 'clean'}, 'catalog');

/**
 * An item of the action's lists. Rules and the names in them are reviewed code. The name and the values of the entity come
 * from the catalog.
 */
const ITEM = members(
  {
    job: 'clean',
    rule: 'clean',
    blueprint: 'clean',
    property: 'clean',
    severity: 'clean',
    kind: 'clean',
    status: 'clean',
  },
  'catalog',
);
const REMEDIATIONS: Flow = {...listFlow(ITEM), origins: ['remediations']};
const BY_JOB: Flow = {
  ...listFlow({...listFlow(ITEM), origins: ['remediations-by-job']}),
  origins: ['remediations-by-job'],
};
const CATALOG_OUTPUTS: Readonly<Record<string, Flow>> = {
  entity: 'catalog',
  from: 'catalog',
  to: 'catalog',
  reactions: listFlow(ITEM),
  remediations: REMEDIATIONS,
  'remediations-by-job': BY_JOB,
};
/** The outputs of a step that runs the action. */
export const OUTPUTS = members({
  ...Object.fromEntries(ACTION_OUTPUTS.map(name => [name, 'clean' as const])),
  ...CATALOG_OUTPUTS,
});
