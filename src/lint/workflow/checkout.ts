/** Lint: the folders of the checkouts before a step. Pure. */

import {posix} from 'node:path';
import type {JsonObject} from '../../base/json.ts';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import {isTemplated, mappingIn, scalarText} from '../written.ts';
import {type ReactStep, usesOf} from './workflow.ts';

type Step = Pick<ReactStep, 'job' | 'index'>;

interface Checkout {
  /** Relative to the workspace. `.` for the workspace itself. */
  readonly folder: string;
  /** Whether it checks out this repository. */
  readonly isOwn: boolean;
}

function checkoutsBefore({job, index}: Step): Checkout[] {
  return job.steps
    .slice(0, index)
    .filter(isCheckout)
    .map(step => ({
      folder: posix.normalize(textOf(step, 'path') || '.').replace(/(?<=.)\/$/, ''),
      isOwn: !isAnother(textOf(step, 'repository')),
    }));
}

/** Whether steps can create files at unknown paths: `git clone`, a path from an expression, an action similar to checkout. */
function isOpen({job, index}: Step): boolean {
  const before = job.steps.slice(0, index);
  return before.some(step =>
    isCheckout(step)
      ? isTemplated(textOf(step, 'path'))
      : /checkout/i.test(usesOf(step)) || /\bgit\b/.test(scalarText(step['run'])),
  );
}

/** @see https://github.com/actions/checkout#usage */
function isCheckout(step: JsonObject): boolean {
  return /^actions\/checkout(@|$)/i.test(usesOf(step));
}

/** Whether it is another repository. An expression usually refers to this one. */
function isAnother(repository: string): boolean {
  return repository !== '' && !isTemplated(repository);
}

function textOf(step: JsonObject, input: string): string {
  return scalarText(mappingIn(step, 'with')[input]).trim();
}

/** Converts a path in the workspace to a path in the repository. Undefined if it is in the folder of another repository. */
export function pathInRepository(step: Step, path: string): string | undefined {
  const wanted = posix.normalize(path);
  const holders = checkoutsBefore(step).filter(({folder}) => folder !== '.' && wanted.startsWith(`${folder}/`));
  const [holder] = holders.toSorted((a, b) => b.folder.length - a.folder.length);
  if (holder === undefined) return wanted;
  return holder.isOwn ? posix.relative(holder.folder, wanted) : undefined;
}

/** Whether a checkout before the step provides the file at the path. */
export function providesFile(step: Step, path: string): boolean {
  return checkoutRemedy(step) === undefined || pathInRepository(step, path) !== posix.normalize(path);
}

/**
 * The fix if the files of the repository are not at the root of the workspace. Undefined if an earlier step can put them
 * there.
 */
export function checkoutRemedy(step: Step): string | undefined {
  const checkouts = checkoutsBefore(step);
  const [first] = checkouts;
  if (isOpen(step) || checkouts.some(({folder, isOwn}) => isOwn && folder === '.')) return undefined;
  if (first === undefined) return 'Add a step with actions/checkout before this one';
  return `The previous checkout gets them ${first.isOwn ? 'into a folder' : 'from another repository'}: remove its \`${first.isOwn ? 'path' : 'repository'}\`, or add a checkout without it`;
}

/** Whether the step runs the checked rules. False if the path is known only at run time. */
export function runsRules(step: ReactStep, file: string): boolean {
  const written = scalarText(step.inputs.get('rules') ?? DEFAULT_RULES).trim() || DEFAULT_RULES;
  return pathInRepository(step, written) === posix.normalize(file);
}
