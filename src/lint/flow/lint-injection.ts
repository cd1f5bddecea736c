/** Lint: catalog text that becomes part of a script and can run commands. Pure. */
import type {FoundProblem} from '../../rules/problem.ts';
import type {FileProblem} from '../source.ts';
import {expression, expressionsIn, type Workflow} from '../workflow/workflow.ts';
import {mappingIn, type WrittenPart} from '../written.ts';
import {flowOf, isCatalog} from './flow.ts';
import {type Call, callOf, flowsIn, type WorkflowFlows} from './workflow-flow.ts';

/**
 * Reports expressions in scripts that can contain catalog text. GitHub inserts the value into the script before the shell
 * parses it. https://docs.github.com/en/actions/reference/security/secure-use
 */
export function lintInjection({jobs}: Workflow, flows: WorkflowFlows): FoundProblem[] {
  return jobs.flatMap(job =>
    job.steps.flatMap((step, index) => {
      const scope = flows.ofStep(job, index);
      const scripts = scriptsIn(step, [...job.path, 'steps', index]);
      return scripts.flatMap(({path, value}) =>
        expressionsIn(value)
          .filter(({source}) => isCatalog(flowOf(source, scope)))
          .map(({part, source}) => ({path, part, message: messageFor(part, source)})),
      );
    }),
  );
}

/** Checks the workflows and actions that the workflow calls in its own repository, with the inputs that it passes. */
export function lintCalled(workflow: Workflow, flows: WorkflowFlows, call: Call): FileProblem[] {
  return workflow.jobs.flatMap(job => {
    const calls = [
      callOf(job.body, flows.ofJob(job), call),
      ...job.steps.map((step, index) => callOf(step, flows.ofStep(job, index), call)),
    ];
    return calls.flatMap(called => {
      if (called === undefined) return [];
      const inner = flowsIn(called.workflow, called.call);
      const own = lintInjection(called.workflow, inner).map(called.workflow.source.place);
      return [...own, ...lintCalled(called.workflow, inner, called.call)];
    });
  });
}

/** Inputs of common actions that run a script: github-script, ssh-action, azure/cli, retry. */
const SCRIPT_INPUTS = ['script', 'inlinescript', 'run', 'command', 'commands', 'cmd'];

function scriptsIn(step: Readonly<Record<string, unknown>>, path: readonly PropertyKey[]): WrittenPart<string>[] {
  const inputs = Object.entries(mappingIn(step, 'with'))
    .filter(([name]) => SCRIPT_INPUTS.includes(name.toLowerCase()))
    .map(([name, value]) => ({path: [...path, 'with', name], value}));
  const own = ['run', 'shell'].map(key => ({path: [...path, key], value: step[key]}));
  return [...own, ...inputs].flatMap(({path: at, value}) => (typeof value === 'string' ? [{path: at, value}] : []));
}

function messageFor(part: string, source: string): string {
  return `${part} puts text of the catalog into the script, where it can run commands. Set VALUE: ${expression(source)} under \`env:\`, and write "$VALUE".`;
}
