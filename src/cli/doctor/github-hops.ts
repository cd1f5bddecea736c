/** The checks of GitHub and Slack. */
import {checkMemory} from './checks/check-memory.ts';
import {checkRulesets} from './checks/check-rulesets.ts';
import {checkSecrets} from './checks/check-secrets.ts';
import {checkSlack} from './checks/check-slack.ts';
import {apiOf, type Deps, type DoctorFacts, type Examination} from './facts.ts';
import {blockedBy, type Finding} from './finding.ts';
import {createGitHubReader} from './github-api.ts';
import type {Workflows} from './read-workflows.ts';
import type {DoctorSettings} from './settings.ts';

export function checksOfGitHub({settings, post}: Examination, facts: DoctorFacts, deps: Deps) {
  const api = apiOf(settings, deps);
  /** Runs a check that needs the workflows. */
  const ofWorkflows = async (check: (found: FoundWorkflows) => readonly Finding[] | Promise<readonly Finding[]>) => {
    if (settings.github.value === undefined) return settings.github.findings;
    const {value, findings} = await facts.workflows;
    if (value === undefined) return findings;
    // GitHub's workflow parser is large, so it is loaded on demand.
    const workflowChecks = await import(/* webpackMode: "eager" */ './checks/workflow-findings.ts');
    return check({workflowChecks, workflows: value, own: workflowChecks.actionWorkflows(value)});
  };
  const branch = async () => (await facts.repository).value?.branch ?? '';
  return {
    dispatch: async () => (await facts.repository).findings,
    workflow: () =>
      ofWorkflows(async ({workflowChecks, own}) => {
        const {value: relay, ...rest} = settings.dispatch;
        if (relay === undefined) return 'findings' in rest ? rest.findings : [];
        const name = await branch();
        const where = `${name} of ${api().repository}`;
        return workflowChecks.workflowFindings(own, {where, branch: name, eventType: relay.eventType});
      }),
    'workflow-enabled': () =>
      ofWorkflows(({workflowChecks, own, workflows}) =>
        workflowChecks.enabledFindings(own, workflows, api().repository),
      ),
    queue: () => ofWorkflows(async ({workflowChecks, own}) => workflowChecks.queueFindings(own, await branch())),
    secrets: () => ofWorkflows(({own}) => checkSecrets(own, api())),
    ...checksOfMemory(settings, facts, deps),
    slack: async () => {
      const {value: known} = await facts.rules;
      const {value: workflows} = await facts.workflows;
      const source = known?.source;
      const unconfigured =
        workflows === undefined || source === undefined
          ? []
          : await ofWorkflows(({workflowChecks, own}) => workflowChecks.destinationFindings(own, source));
      return checkSlack({settings: settings.slack, post, unconfigured}, deps());
    },
  };
}

interface FoundWorkflows {
  readonly workflowChecks: typeof import('./checks/workflow-findings.ts');
  readonly workflows: Workflows;
  readonly own: import('./checks/workflow-findings.ts').ActionWorkflows;
}

function checksOfMemory({github, memory}: DoctorSettings, facts: DoctorFacts, deps: Deps) {
  const known = async () => {
    if (github.value === undefined) return github.findings;
    if (memory.value === undefined) return memory.findings;
    const {value} = await facts.repository;
    const isSame = memory.value.repository === github.value.repository && memory.value.token === github.value.token;
    if (!value?.isVisible && isSame) return [blockedBy('dispatch')];
    const api = (given: {repository: string; token: string}) =>
      createGitHubReader({...(github.value as NonNullable<typeof github.value>), ...given}, deps().fetch);
    return {settings: memory.value, api: api(github.value), memory: api(memory.value), branch: value?.branch ?? 'main'};
  };
  return {
    memory: async () => {
      const found = await known();
      return 'settings' in found ? checkMemory(found.settings, found.memory, deps()) : found;
    },
    ruleset: async () => {
      const found = await known();
      return 'settings' in found ? checkRulesets(found) : found;
    },
  };
}
