/**
 * Lint: the values that the script of a step writes with `echo "title=$TITLE" >> "$GITHUB_OUTPUT"`, or to `GITHUB_ENV`. Pure.
 */

import {expressionsIn} from '../workflow/workflow.ts';
import {either, type Flow, isCatalog, members} from './flow.ts';

/** The values that are available to later steps. */
export interface StepValues {
  readonly outputs: Flow;
  readonly env: Flow;
}

/** The inputs of a script. */
export interface ScriptView {
  /** Its environment variables. */
  readonly env: Flow;
  /** The flow of an expression in its text. */
  flowOf(source: string): Flow;
}

/**
 * The values that a shell script writes. Names with a literal value are clean. All others have the flow of what the script
 * reads.
 */
export function valuesOfScript(script: string, view: ScriptView): StepValues {
  const isTainted = taintOf(script, view);
  const given: Flow = isTainted(script) ? assignedBy(script, isTainted) : 'clean';
  return {
    outputs: /GITHUB_OUTPUT|::set-output/.test(script) ? given : 'clean',
    env: script.includes('GITHUB_ENV') ? given : 'clean',
  };
}

/** The output of `actions/github-script` is the return value of its script, which can read the payload from a variable. */
export function valuesOfJavaScript(script: string, view: ScriptView): StepValues {
  const isTainted = taintOf(script, view);
  return {outputs: isTainted(script) || /\bpayload\b/.test(script) ? 'catalog' : 'clean', env: 'clean'};
}

/** `name=value` and `name<<END`, anywhere in a line. */
const ASSIGNMENT = /(?:^|[\s"'`;:])([A-Za-z_][\w-]*)(=|<<|::)([^\n]*)/gm;

/** The variable with the path of the event file. */
const EVENT_FILE = 'GITHUB_EVENT_PATH';

/** Whether a part of the script reads catalog text, through an environment variable, a script variable or an expression. */
function taintOf(script: string, {env, flowOf}: ScriptView): (part: string) => boolean {
  const names = new Set([EVENT_FILE, ...namesIn(env)]);
  const isAnyName = isCatalog(typeof env === 'string' ? env : env.rest);
  const isTainted = (part: string) =>
    (part.toUpperCase().match(/\w+/g) ?? []).some(word => names.has(word)) ||
    (isAnyName && /\$\{?[A-Za-z_]/.test(part)) ||
    expressionsIn(part).some(({source}) => isCatalog(flowOf(source)));
  for (const [, name = '', , value = ''] of script.matchAll(ASSIGNMENT)) {
    if (isTainted(value)) names.add(name.toUpperCase());
  }
  return isTainted;
}

function namesIn(env: Flow): string[] {
  if (typeof env === 'string') return [];
  return [...env.known].flatMap(([name, flow]) => (isCatalog(flow) ? [name.toUpperCase()] : []));
}

function assignedBy(script: string, isTainted: (part: string) => boolean): Flow {
  const known: Record<string, Flow> = {};
  for (const [, name = '', operator, value = ''] of script.matchAll(ASSIGNMENT)) {
    const isPlain = operator !== '<<' && !READS_FILE.test(value) && !isTainted(value);
    const key = name.toLowerCase();
    known[key] = either(known[key] ?? 'clean', isPlain ? 'clean' : 'catalog');
  }
  return members(known, 'catalog');
}

/** A command substitution whose output can come from a file that the script wrote. */
const READS_FILE = /(\$\(|`)[^)`]*(<|\b(cat|jq|yq|head|tail|sed|awk|grep|cut|node|python3?)\b)/;
