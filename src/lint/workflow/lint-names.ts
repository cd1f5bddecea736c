/**
 * Lint: names in workflow expressions that GitHub accepts but that are always empty: `github.events`, `client_payload.titel`,
 * `inputs.evnt`, and events that never occur. Pure.
 */

import {nearest, suggest} from '../../base/text/nearest.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {mappingIn, textsAt} from '../written.ts';
import {EVENTS} from './github-vocabulary.ts';
import {allExpressions, expression, type Workflow} from './workflow.ts';
import {
  accessesIn,
  type ExpressionComparison,
  expressionComparisonsIn,
  formatAccess,
  type Key,
} from './workflow-expression.ts';

export function lintNames(workflow: Workflow, eventType: string): FoundProblem[] {
  const found = [...allExpressions(workflow.json, [])].flatMap(({path, value: source}) => [
    ...accessesIn(source).flatMap(({keys}) => {
      const mistake = mistakeIn(keys, workflow, eventType);
      return mistake === undefined ? [] : [{path, ...mistake}];
    }),
    ...expressionComparisonsIn(source).flatMap(comparison => {
      const mistake = mistakeInComparison(comparison, workflow);
      return mistake === undefined ? [] : [{path, ...mistake}];
    }),
  ]);
  return found;
}

interface Mistake {
  readonly part: string;
  readonly message: string;
}

/**
 * The members of contexts that are the same in every run.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/contexts
 */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  github: [
    ...['action', 'action_path', 'action_ref', 'action_repository', 'action_status', 'actor', 'actor_id', 'api_url'],
    ...['base_ref', 'env', 'event', 'event_name', 'event_path', 'graphql_url', 'head_ref', 'job', 'path', 'ref'],
    ...['ref_name', 'ref_protected', 'ref_type', 'repository', 'repository_id', 'repository_owner', 'workflow_ref'],
    ...['repository_owner_id', 'repositoryurl', 'retention_days', 'run_id', 'run_number', 'run_attempt', 'sha'],
    ...['secret_source', 'server_url', 'token', 'triggering_actor', 'workflow', 'workflow_sha', 'workspace'],
    ...['output', 'state', 'step_summary', 'artifacts', 'repository_visibility', 'action_workspace', 'head_sha'],
  ],
  runner: ['name', 'os', 'arch', 'temp', 'tool_cache', 'debug', 'environment', 'workspace'],
};

/** The keys that the relay sends: src/change/payload/client-payload.ts. A test compares them. */
const PAYLOAD_KEYS = ['version', 'title', 'partition', 'partitions', 'changes', 'packed', 'count'];

/** Undefined if the names can have a value. */
function mistakeIn(keys: readonly Key[], workflow: Workflow, eventType: string): Mistake | undefined {
  const [context = '', name, third, fourth] = keys;
  if (name === undefined || name === '*') return undefined;
  if (context === 'inputs') return mistakeInInput(name, ['inputs', name], workflow);
  if (context !== 'github' || name !== 'event') return mistakeInMember(context, name);
  if (fourth === undefined || fourth === '*') return undefined;
  if (third === 'inputs') return mistakeInInput(fourth, keys.slice(0, 4), workflow);
  return third === 'client_payload' ? mistakeInPayload(fourth, workflow, eventType) : undefined;
}

/** Reports only names that are similar to a known one, because GitHub adds new names. */
function mistakeInMember(context: string, name: string): Mistake | undefined {
  const known = MEMBERS[context] ?? [];
  const near = known.includes(name) ? undefined : nearest(name, known);
  if (near === undefined) return undefined;
  const part = `${context}.${name}`;
  return {part, message: `${part} is always empty: \`${context}\` has no "${name}". Did you mean "${near}"?`};
}

/** Reports undeclared inputs such as `${{ inputs.evnt }}`, which are always empty. */
function mistakeInInput(input: string, keys: readonly Key[], {triggers}: Workflow): Mistake | undefined {
  const starts = ['workflow_dispatch', 'workflow_call'].filter(name => triggers.has(name));
  const declared = starts.flatMap(name => Object.keys(mappingIn(triggers.get(name), 'inputs')));
  if (starts.length === 0 || declared.some(name => name.toLowerCase() === input)) return undefined;
  const part = formatAccess({keys});
  const message = `the workflow has no input "${input}", so ${expression(part)} is always empty${suggest(input, declared)}`;
  return {part, message};
}

/** Reports unknown payload keys. Events of other types have other payloads. */
function mistakeInPayload(key: string, {triggers}: Workflow, eventType: string): Mistake | undefined {
  if (PAYLOAD_KEYS.includes(key)) return undefined;
  const types = textsAt(mappingIn({on: triggers.get('repository_dispatch')}, 'on')['types'], []);
  const isOurs = types.length > 0 && types.every(({value}) => value === eventType);
  if (!isOurs && nearest(key, PAYLOAD_KEYS) === undefined) return undefined;
  const part = `client_payload.${key}`;
  return {part, message: `${part} is always empty: the relay sends no "${key}"${suggest(key, PAYLOAD_KEYS)}`};
}

/** `github.event_name == 'repository-dispatch'` never holds. A called workflow gets the event of its caller. */
function mistakeInComparison({keys, text}: ExpressionComparison, {triggers}: Workflow): Mistake | undefined {
  const isEventName = keys.length === 2 && keys[0] === 'github' && keys[1] === 'event_name';
  const name = text.toLowerCase();
  if (!isEventName || triggers.has('workflow_call') || triggers.has(name) || EVENTS.includes(name)) return undefined;
  const hint = suggest(text, [...triggers.keys()]);
  return {
    part: text,
    message: `GitHub has no event "${text}", so the comparison always has the same result${hint}`,
  };
}
