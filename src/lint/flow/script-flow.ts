/** Lint: what the script of a step hands on: `echo "title=$TITLE" >> "$GITHUB_OUTPUT"`, and the same for `GITHUB_ENV`. Pure. */

import {expressionsIn} from '../workflow/workflow.ts';
import {either, type Flow, isCatalog, members} from './flow.ts';

/** For the steps behind it. */
export interface HandedOn {
  readonly outputs: Flow;
  readonly env: Flow;
}

/** What a script sees. */
export interface ScriptView {
  /** Its variables. */
  readonly env: Flow;
  /** What an expression in its text gives. */
  flowOf(source: string): Flow;
}

/** What a script in the language of some shell writes. Names whose value is plain are clean, all others as what the script reads. */
export function handedOnBy(script: string, view: ScriptView): HandedOn {
  const isTainted = taintOf(script, view);
  const given: Flow = isTainted(script) ? givenBy(script, isTainted) : 'clean';
  return {
    outputs: /GITHUB_OUTPUT|::set-output/.test(script) ? given : 'clean',
    env: script.includes('GITHUB_ENV') ? given : 'clean',
  };
}

/** `actions/github-script` returns what its script returns. The payload is in a variable of it. */
export function handedOnByJavaScript(script: string, view: ScriptView): HandedOn {
  const isTainted = taintOf(script, view);
  return {outputs: isTainted(script) || /\bpayload\b/.test(script) ? 'catalog' : 'clean', env: 'clean'};
}

/** `name=value` and `name<<END`, wherever in a line. */
const ASSIGNMENT = /(?:^|[\s"'`;:])([A-Za-z_][\w-]*)(=|<<|::)([^\n]*)/gm;

/** The event is in this file. */
const EVENT_FILE = 'GITHUB_EVENT_PATH';

/** Whether a part of the script reads text of the catalog: by a variable, one of its own among them, or by an expression. */
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

function givenBy(script: string, isTainted: (part: string) => boolean): Flow {
  const known: Record<string, Flow> = {};
  for (const [, name = '', operator, value = ''] of script.matchAll(ASSIGNMENT)) {
    const isPlain = operator !== '<<' && !READS_FILE.test(value) && !isTainted(value);
    const key = name.toLowerCase();
    known[key] = either(known[key] ?? 'clean', isPlain ? 'clean' : 'catalog');
  }
  return members(known, 'catalog');
}

/** A command whose answer may be what the script has written to a file. */
const READS_FILE = /(\$\(|`)[^)`]*(<|\b(cat|jq|yq|head|tail|sed|awk|grep|cut|node|python3?)\b)/;
