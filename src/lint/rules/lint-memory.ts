/** Lint: compares rules that need the incident memory with the workflows that run them. Pure. */
import {isObject, type JsonObject} from '../../base/json.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {actsByClock, inputPath, isMemoryOff, type ReactStep} from '../workflow/workflow.ts';
import {mappingIn, mappingsIn, type WrittenPath} from '../written.ts';

/** The keys that need the memory, by their path within a rule. */
const MEMORY_KEYS = [
  ['for'],
  ['clear'],
  ['flapping'],
  ['notify', 'recovery'],
  ['notify', 'repeat'],
  ['notify', 'escalate'],
  ['remediate', 'cooldown'],
  ['remediate', 'attempts'],
  ['remediate', 'verify'],
] as const;

/** The keys that need the clock. */
const TIMED_KEYS = [
  ['for'],
  ['clear', 'for'],
  ['flapping'],
  ['notify', 'repeat'],
  ['notify', 'escalate'],
  ['remediate', 'verify'],
] as const;

/**
 * Reports keys that wait for a time if no workflow runs the clock.
 * @param reacting the steps that run the rules. If empty, the workflows are unknown
 * @param others the steps of the action in all workflows
 */
export function lintClock(json: unknown, reacting: readonly ReactStep[], others: readonly ReactStep[]): FoundProblem[] {
  const remembering = reacting.filter(step => !isMemoryOff(step));
  if (remembering.length === 0 || others.some(actsByClock)) return [];
  const inhibit: WrittenPath[] = mappingsIn(json, 'inhibit').length > 0 ? [['inhibit']] : [];
  const [first, ...more] = [...inhibit, ...keysIn(json, TIMED_KEYS)];
  if (first === undefined) return [];
  const name = String(first.at(-1) === 'for' && first.at(-2) === 'clear' ? 'clear.for' : first.at(-1));
  const rest = more.length === 0 ? '' : `, like ${more.length} more ${more.length === 1 ? 'key' : 'keys'}`;
  const message = `\`${name}\` needs a run of the clock, but no workflow has one${rest}. Without it, nothing happens when the time is over. Copy .github/workflows/port-reactor-clock.yml, which runs the action with \`mode: clock\` on a schedule`;
  return [{path: first, message, atKey: true}];
}

/** Reports keys that have no effect because the step has no memory. */
export function lintMemoryOff(json: unknown, step: ReactStep): FoundProblem[] {
  if (!isMemoryOff(step)) return [];
  const inhibit = mappingsIn(json, 'inhibit').length > 0 ? ['inhibit'] : [];
  const keys = [...keysIn(json, MEMORY_KEYS).map(path => String(path.at(-1))), ...inhibit];
  if (keys.length === 0) return [];
  const names = [...new Set(keys)].map(key => `\`${key}\``).join(', ');
  const message = `the rules have ${names}, which ${keys.length === 1 ? 'has' : 'have'} no effect without the memory. Remove \`memory: off\`, or these keys.`;
  return [{path: inputPath(step, 'memory'), message}];
}

function keysIn(json: unknown, keys: readonly (readonly string[])[]): WrittenPath[] {
  return mappingsIn(json, 'rules').flatMap(({path, value: rule}) =>
    keys.filter(key => isSet(rule, key)).map(key => [...path, ...key]),
  );
}

function isSet(rule: JsonObject, [key = '', ...rest]: readonly string[]): boolean {
  if (rest.length === 0) return Object.hasOwn(rule, key) && rule[key] !== false && rule[key] !== null;
  return isObject(rule[key]) && isSet(mappingIn(rule, key), rest);
}
