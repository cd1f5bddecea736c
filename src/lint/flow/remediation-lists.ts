/** Lint: the places at which jobs read the lists of remediations that the action outputs, under any name on the way. Pure. */

import {allExpressions} from '../workflow/workflow.ts';
import {accessesIn, type ExpressionAccess, writtenAs} from '../workflow/workflow-expression.ts';
import type {WrittenPath} from '../written.ts';
import {type Flow, memberOf, originsOf, type Scope} from './flow.ts';

/** A place that reads the output `remediations`, or a list of `remediations-by-job`. */
export interface ListRead {
  readonly path: WrittenPath;
  /** As it is best found in the file: `needs.react.outputs.remediations`. */
  readonly part: string;
  readonly output: 'remediations' | 'remediations-by-job';
  /** Of `remediations-by-job`: the job's name in lower case. Undefined if all are read, or only the run knows which. */
  readonly job: string | undefined;
}

/** @param scope what the expressions see */
export function listReadsIn(value: unknown, path: WrittenPath, scope: Scope): ListRead[] {
  return [...allExpressions(value, path)].flatMap(({path: at, value: source}) =>
    accessesIn(source).flatMap(access => readOf(access, at, scope)),
  );
}

function readOf({keys}: ExpressionAccess, path: WrittenPath, scope: Scope): ListRead[] {
  const [context = '', ...names] = keys;
  let flow: Flow = scope(context);
  for (const [index, name] of names.entries()) {
    flow = memberOf(flow, name);
    const [output] = originsOf(flow);
    if (output !== 'remediations' && output !== 'remediations-by-job') continue;
    const job = output === 'remediations' ? undefined : names[index + 1];
    return [{path, part: writtenAs({keys: keys.slice(0, index + 2)}), output, job: job === '*' ? undefined : job}];
  }
  return [];
}
