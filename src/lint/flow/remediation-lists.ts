/** Lint: finds where jobs read the remediation lists of the action, even through renamed outputs. Pure. */

import {allExpressions} from '../workflow/workflow.ts';
import {accessesIn, type ExpressionAccess, formatAccess} from '../workflow/workflow-expression.ts';
import type {WrittenPath} from '../written.ts';
import {type Flow, memberOf, originsOf, type Scope} from './flow.ts';

/** A read of the output `remediations`, or of a list in `remediations-by-job`. */
export interface ListRead {
  readonly path: WrittenPath;
  /** The text to find in the file: `needs.react.outputs.remediations`. */
  readonly part: string;
  readonly output: 'remediations' | 'remediations-by-job';
  /**
   * For `remediations-by-job`: the name of the job in lower case. Undefined if all are read, or if the name is known only at
   * run time.
   */
  readonly job: string | undefined;
}

/** @param scope the contexts of the expressions */
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
    return [{path, part: formatAccess({keys: keys.slice(0, index + 2)}), output, job: job === '*' ? undefined : job}];
  }
  return [];
}
