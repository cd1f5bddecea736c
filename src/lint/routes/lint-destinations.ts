/** Lint: compares rules with the Slack destinations of the workflows that run them. Pure. */
import {isObject, type JsonObject} from '../../base/json.ts';
import {nearest} from '../../base/text/nearest.ts';
import {DEFAULT_DESTINATION} from '../../decide/route.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {addressMistake} from '../../rules/values/destination.ts';
import {destinationsOf} from '../workflow/destinations.ts';
import type {ReactStep, Workflow} from '../workflow/workflow.ts';
import {isTemplated, itemsAt, mappingIn, mappingsIn, textsAt, type WrittenPart} from '../written.ts';
import {hasDestination} from './lint-routes.ts';

/**
 * Reports names of destinations that the step does not configure, and rules whose messages would go to an unconfigured
 * destination.
 * @param json the rules file, possibly with mistakes
 */
export function lintDestinations(json: unknown, step: ReactStep, workflow: Workflow): FoundProblem[] {
  const rules = mappingsIn(json, 'rules');
  const {names, isComplete} = destinationsOf(step);
  if (!isComplete) return [];
  const notifying = rules.filter(({value}) => notifies(value));
  if (names.length === 0)
    return notifying
      .slice(0, 1)
      .map(({path}) => ({path: [...path, 'notify'], atKey: true, message: noDestination(workflow)}));
  const named = namedDestinations(json).filter(({value}) => !isTemplated(value) && !names.includes(value));
  const unnamed = names.includes(DEFAULT_DESTINATION)
    ? []
    : notifying.filter(({value}) => isObject(json) && !hasDestination(value, json));
  return [
    ...named.map(({path, value}) => ({path, message: unknown(value, names, workflow)})),
    ...unnamed.map(({path}) => ({
      path: [...path, 'notify'],
      atKey: true,
      message: `goes to the destination "default" if no route matches, and ${fileOf(workflow)} does not define it. Add the input slack-webhook-url or a line default=C0123 in slack-channels there, or add a last route without \`match\``,
    })),
  ];
}

function fileOf({source: {file}}: Workflow): string {
  return file;
}

function noDestination(workflow: Workflow): string {
  return `no message would be sent: ${fileOf(workflow)} defines no Slack destination. Add the input slack-webhook-url to its step.`;
}

function unknown(name: string, names: readonly string[], workflow: Workflow): string {
  if (name === DEFAULT_DESTINATION)
    return `${fileOf(workflow)} does not define "default", which is the input slack-webhook-url of its step, or a line of slack-channels. Add it${names.length > 0 ? `, or use one of ${names.join(', ')}` : ''}.`;
  const near = nearest(name, names);
  const hint =
    near === undefined
      ? `. Add the line ${name}=<url> to the input slack-webhooks there, or ${name}=C0123 to slack-channels, or use one of ${names.join(', ')}.`
      : `. Did you mean "${near}"?`;
  return `${fileOf(workflow)} defines no Slack destination "${name}"${hint}`;
}

/**
 * The destinations in `slack` and `fallback` of routes, in `notify.slack`, and in escalations. Excludes addresses, which the
 * loader reports without showing them.
 */
export function namedDestinations(json: unknown): WrittenPart<string>[] {
  const holders = [
    ...mappingsIn(json, 'routes'),
    ...mappingsIn(json, 'rules').flatMap(({path, value}) => {
      const notify = {path: [...path, 'notify'], value: mappingIn(value, 'notify')};
      return [notify, ...escalationsIn(notify)];
    }),
  ];
  return holders
    .flatMap(({path, value}) => ['slack', 'fallback'].flatMap(key => textsAt(value[key], [...path, key])))
    .filter(({value}) => addressMistake(value) === undefined);
}

function escalationsIn({path, value}: WrittenPart<JsonObject>): WrittenPart<JsonObject>[] {
  return itemsAt(value['escalate'], [...path, 'escalate']).flatMap(step =>
    isObject(step.value) ? [{path: step.path, value: step.value}] : [],
  );
}

function notifies({notify}: JsonObject): boolean {
  return notify === true || isObject(notify);
}
