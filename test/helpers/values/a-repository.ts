/** A repository in memory for lint, with valid files that tests can edit or replace. */
import {readFileSync} from 'node:fs';
import type {Repository} from '../../../src/lint/read-repository.ts';

const FIXTURES = new URL('../../fixtures/lint/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FIXTURES), 'utf8');

export const RULES = '.github/port-reactor.yml';
export const TESTS = '.github/port-reactor.test.yml';
export const WORKFLOW = '.github/workflows/port-reactor.yml';
export const BLUEPRINTS = 'blueprints.json';

/** Texts by path: rules, rule tests, a workflow and two blueprints without mistakes. */
export const CORRECT: Readonly<Record<string, string>> = {
  [RULES]: read('port-reactor.yml'),
  [TESTS]: read('port-reactor.test.yml'),
  [WORKFLOW]: read('workflow.yml'),
  [BLUEPRINTS]: read('blueprints.json'),
};

const SCRIPTS = ['.github/remediations/scale-up.sh'];

/** @param files texts by path. The repository also has one executable script. */
export function aRepository(files: Readonly<Record<string, string>>): Repository {
  const source = (file: string) => ({file, text: files[file] ?? ''});
  const workflows = Object.keys(files).filter(file => file.startsWith('.github/workflows/'));
  return {
    rules: source(RULES),
    ...(files[TESTS] === undefined ? {} : {ruleTests: source(TESTS)}),
    workflows: workflows.map(source),
    ownAction: true,
    fileExists: path => Object.hasOwn(files, path) || SCRIPTS.includes(path),
    readText: path => {
      const text = files[path];
      if (text === undefined) throw new Error(`ENOENT: ${path}`);
      return text;
    },
    scriptMistake: run => (SCRIPTS.includes(run) ? undefined : `there is no file "${run}" in the repository`),
  };
}
