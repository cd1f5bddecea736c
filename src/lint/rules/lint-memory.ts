/** Lint: what rules ask of the incident memory, against the workflows that run them. Pure. */
import {isObject, type JsonObject} from '../../base/json.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {actsByClock, inputPath, isMemoryOff, type ReactStep} from '../workflow/workflow.ts';
import {mappingIn, mappingsIn, type WrittenPath} from '../written.ts';

/** By their path within a rule. */
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

/** Those that something must look at the clock for. */
const TIMED_KEYS = [
  ['for'],
  ['clear', 'for'],
  ['flapping'],
  ['notify', 'repeat'],
  ['notify', 'escalate'],
  ['remediate', 'verify'],
] as const;

/**
 * What waits for a time, if no workflow looks at the clock.
 * @param reacting the steps that run the rules. Without one, nothing is known of the workflows
 * @param others the steps of the action in all workflows
 */
export function lintClock(json: unknown, reacting: readonly ReactStep[], others: readonly ReactStep[]): FoundProblem[] {
  const remembering = reacting.filter(step => !isMemoryOff(step));
  if (remembering.length === 0 || others.some(actsByClock)) return [];
  const inhibit: WrittenPath[] = mappingsIn(json, 'inhibit').length > 0 ? [['inhibit']] : [];
  const [first, ...more] = [...inhibit, ...keysIn(json, TIMED_KEYS)];
  if (first === undefined) return [];
  const name = String(first.at(-1) === 'for' && first.at(-2) === 'clear' ? 'clear.for' : first.at(-1));
  const rest = more.length === 0 ? '' : `, as for ${more.length} more such ${more.length === 1 ? 'key' : 'keys'}`;
  const message = `\`${name}\` needs a run of the clock, and no workflow has one${rest}: without it, nothing happens when its time is over. Copy .github/workflows/port-reactor-clock.yml, which runs the action with \`mode: clock\` on a schedule`;
  return [{path: first, message, atKey: true}];
}

/** Keys that do nothing, as the step has no memory. */
export function lintMemoryOff(json: unknown, step: ReactStep): FoundProblem[] {
  if (!isMemoryOff(step)) return [];
  const inhibit = mappingsIn(json, 'inhibit').length > 0 ? ['inhibit'] : [];
  const keys = [...keysIn(json, MEMORY_KEYS).map(path => String(path.at(-1))), ...inhibit];
  if (keys.length === 0) return [];
  const names = [...new Set(keys)].map(key => `\`${key}\``).join(', ');
  const message = `the rules have ${names}, which ${keys.length === 1 ? 'does' : 'do'} nothing without the memory. Remove \`memory: off\`, or these keys.`;
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
