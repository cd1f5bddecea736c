/** The modes that do not react to changes. The code of each mode is loaded only if it runs. */
import type {World} from '../base/deps.ts';
import type {Run} from '../base/run.ts';
import type {commandMode} from '../command-mode/command-mode.ts';
import type {lintMode} from '../lint-mode/lint-mode.ts';
import type {reconcileMode} from '../reconcile/reconcile-mode.ts';
import type {Inputs} from './inputs.ts';
import {type ReadRulesDeps, type RulesLoaders, readRules} from './read-rules.ts';

export interface ModeLoaders extends RulesLoaders {
  readonly loadCommand: () => Promise<{readonly commandMode: typeof commandMode}>;
  readonly loadLint: () => Promise<{readonly lintMode: typeof lintMode}>;
  readonly loadReconcile: () => Promise<{readonly reconcileMode: typeof reconcileMode}>;
}

/**
 * Runs `lint`, `command` or `reconcile`.
 * @returns whether the mode is one of these
 */
export async function runOtherMode(inputs: Inputs, run: Run, world: World & ModeLoaders): Promise<boolean> {
  switch (inputs.mode) {
    case 'lint': {
      if (inputs.error !== undefined) throw inputs.error;
      const {lintMode} = await world.loadLint();
      await lintMode(inputs, run, world);
      return true;
    }
    case 'command': {
      const [loaded, {commandMode}] = [await rulesOf(inputs, run, world), await world.loadCommand()];
      await commandMode({inputs, run, loaded}, world);
      return true;
    }
    case 'reconcile': {
      const [loaded, {reconcileMode}] = [await rulesOf(inputs, run, world), await world.loadReconcile()];
      await reconcileMode({inputs, run, loaded}, world);
      return true;
    }
    default:
      return false;
  }
}

/** The rules of this run. Never rejects: mistakes are in the result. */
export function rulesOf(inputs: Inputs, run: Run, deps: ReadRulesDeps) {
  return readRules({path: inputs.rules, run, token: inputs.githubToken}, deps);
}
