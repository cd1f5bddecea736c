/** Mistakes in the shipped workflows for commands by issue and for the clock. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {NO_BLUEPRINTS} from '../../../src/lint/catalog/lint-blueprints.ts';
import {lint} from '../../../src/lint/lint.ts';
import {readRepository} from '../../../src/lint/read-repository.ts';
import {remarksOnPublicMemory} from '../../../src/lint-mode/public-memory.ts';

const ROOT = join(import.meta.dirname, '../../..');
const fileOf = (name: string) => {
  const file = `.github/workflows/${name}.yml`;
  return {file, text: readFileSync(join(ROOT, file), 'utf8')};
};
const repository = readRepository(ROOT, '.github/port-reactor.yml');
const {ruleTests: _, ...untested} = repository;
const [REACT, CLOCK, COMMAND] = [fileOf('port-reactor'), fileOf('port-reactor-clock'), fileOf('port-reactor-command')];
const FACTS = {blueprints: NO_BLUEPRINTS, eventType: 'port-catalog-change'};

function edited(text: string, edit: string, to: string): string {
  expect(text.split(edit)).toHaveLength(2);
  return text.replace(edit, () => to);
}

describe('a workflow for commands by issue', () => {
  const lintOf = (text: string) =>
    lint({...untested, workflows: [REACT, CLOCK, {...COMMAND, text}]}, FACTS).problems.filter(
      ({file}) => file === COMMAND.file,
    );

  test('has no mistakes as shipped', () => {
    expect(lintOf(COMMAND.text)).toEqual([]);
  });

  test.each([
    [
      'without a trigger for issues',
      'issues:\n    types: [opened]',
      'schedule: [{cron: "0 0 * * *"}]',
      /no event starts this workflow for an issue/,
    ],
    ['with all events of issues', 'issues:\n    types: [opened]', 'issues:', /each edit, label and closing/],
    [
      'with edits of issues',
      'types: [opened]',
      'types: [opened, edited]',
      /"edited" would apply the command at another time/,
    ],
    [
      'with all issues',
      "if: startsWith(github.event.issue.title, 'Port Reactor:')",
      'name: command',
      /every new issue would be answered, closed and locked/,
    ],
    [
      'without the permission to answer',
      '      issues: write # to comment on, close and lock the issue\n',
      '',
      /can't be answered, closed and locked without `issues: write`/,
    ],
    ['with too little permission to answer', 'issues: write', 'issues: read', /without `issues: write`/],
    [
      'without the permission to write the memory',
      'contents: write',
      'contents: read',
      /does not let the memory be written/,
    ],
    [
      'without a memory',
      'mode: command',
      'mode: command\n          memory: off',
      /no incidents to act on without the memory/,
    ],
  ])('%s', (_, edit, to, message) => {
    const problems = lintOf(edited(COMMAND.text, edit, to));
    expect(problems).toMatchObject([{message: expect.stringMatching(message)}]);
  });

  test('can also filter by label', () => {
    const label = "if: contains(github.event.issue.labels.*.name, 'port-reactor')";
    expect(lintOf(edited(COMMAND.text, "if: startsWith(github.event.issue.title, 'Port Reactor:')", label))).toEqual(
      [],
    );
  });
});

describe('a remediation that the clock hands over', () => {
  const rulesOf = (keys: string, more = '') => ({
    file: '.github/port-reactor.yml',
    text: `version: 1\n${more}rules:\n  - {name: r, blueprint: b, property: p, to: x, notify: true, remediate: {job: remediate${keys.includes('verify') ? `, ${keys}` : ''}}${keys.includes('for') ? `, ${keys}` : ''}}\n  - {name: down, blueprint: c, property: p, to: x, notify: true}\n`,
  });
  const problemsOf = (keys: string, more = '') =>
    lint({...untested, rules: rulesOf(keys, more), workflows: [REACT, CLOCK]}, FACTS)
      .problems.map(({message}) => message)
      .filter(message => message.includes('clock.yml has no job'));

  test.each([
    ['for: 5m', '', 1],
    ['verify: 5m, attempts: 2', '', 1],
    ['', 'inhibit: [{while: {rule: down}, through: cluster, match: {rule: r}}]\n', 1],
    ['', '', 0],
  ])('%s %s: %i problems, if the workflow of the clock has no such job', (keys, more, count) => {
    expect(problemsOf(keys, more)).toEqual(
      Array(count).fill(expect.stringContaining('The clock also starts remediations')),
    );
  });
});

describe('a public repository', () => {
  const withWorkflow = (text: string) => ({...repository, workflows: [{...REACT, text}]});

  test.each([
    ['a public one', false, 1],
    ['a private one', true, 0],
    ['an unknown one', undefined, 0],
  ])('%s', (_, isPrivate, count) => {
    expect(remarksOnPublicMemory(withWorkflow(REACT.text), {repository: {private: isPrivate}})).toHaveLength(count);
  });

  test.each(['memory: off', 'memory-repository: acme/memory'])('is not reported with %s', input => {
    const text = REACT.text.replace(/^( +)(slack-webhook-url:)/m, `$1${input}\n$1$2`);
    expect(text).not.toBe(REACT.text);
    expect(remarksOnPublicMemory(withWorkflow(text), {repository: {private: false}})).toEqual([]);
  });
});
