/** Lint: a step with `mode: command`: its trigger, its filter for issues, and the permissions of its job. Pure. */
import {isObject} from '../../base/json.ts';
import type {FoundProblem} from '../../rules/problem.ts';
import {scalarText, textsAt, type WrittenPath} from '../written.ts';
import {inputPath, isMemoryOff, literalInput, type ReactStep, type Workflow} from './workflow.ts';

export function lintCommand(workflow: Workflow): FoundProblem[] {
  return workflow.steps
    .filter(step => literalInput(step, 'mode') === 'command')
    .flatMap(step => [
      ...checkStart(step, workflow),
      ...checkFilter(step),
      ...checkIssuesWrite(step, workflow),
      ...checkMemory(step),
    ]);
}

/** A command must be applied only once: when its issue is opened. */
function checkStart(step: ReactStep, {triggers}: Workflow): FoundProblem[] {
  if (triggers.has('workflow_call')) return [];
  if (!triggers.has('issues')) {
    const message = 'no event starts this workflow for an issue. Add `issues: { types: [opened] }` to `on:`.';
    return [{path: inputPath(step, 'mode'), message}];
  }
  const config = triggers.get('issues');
  const path: WrittenPath = ['on', 'issues'];
  const types = textsAt(isObject(config) ? config['types'] : undefined, [...path, 'types']);
  if (types.length === 0) {
    const message =
      'each edit, label and closing of an issue would apply the command again. Write `issues: { types: [opened] }`.';
    return [{path, message, atKey: true}];
  }
  return types
    .filter(({value}) => value.trim() !== 'opened' && !value.includes('${{'))
    .map(({path: at, value}) => ({
      path: at,
      message: `"${value}" would apply the command at another time than when the issue is opened. Write [opened].`,
    }));
}

/** Checks the filter. Without one, every issue would be treated as a command, closed and locked. */
function checkFilter(step: ReactStep): FoundProblem[] {
  const conditions = [step.body['if'], step.job.body['if']].map(scalarText);
  if (conditions.some(text => /event\b[^&|]*\bissue\b/i.test(text))) return [];
  const message =
    "every new issue would be answered, closed and locked. Add `if: startsWith(github.event.issue.title, 'Port Reactor:')` to the job. The issue form sets that title.";
  return [{path: inputPath(step, 'mode'), message}];
}

function checkIssuesWrite({job, inputs}: ReactStep, {json}: Workflow): FoundProblem[] {
  const token = scalarText(inputs.get('github-token')).trim();
  if (token !== '' && !/github\.token|secrets\.GITHUB_TOKEN/i.test(token)) return [];
  const isOfJob = job.body['permissions'] !== undefined;
  const permissions = isOfJob ? job.body['permissions'] : json['permissions'];
  const path: WrittenPath = isOfJob ? [...job.path, 'permissions'] : ['permissions'];
  if (permissions === undefined || scalarText(permissions).trim() === 'write-all') return [];
  const level = isObject(permissions) ? permissions['issues'] : undefined;
  if (scalarText(level).trim() === 'write') return [];
  const message = "the issue can't be answered, closed and locked without `issues: write`. Add it.";
  return [level === undefined ? {path, message, atKey: true} : {path: [...path, 'issues'], message}];
}

function checkMemory(step: ReactStep): FoundProblem[] {
  if (!isMemoryOff(step)) return [];
  const message = 'commands have no incidents to act on without the memory. Remove `memory: off`, or this workflow.';
  return [{path: inputPath(step, 'memory'), message}];
}
