/** Checks docs/lint.md and the files that users copy. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {parseDocument} from 'yaml';
import {createLintCommand} from '../../src/cli/lint/command.ts';
import {NO_BLUEPRINTS} from '../../src/lint/catalog/lint-blueprints.ts';
import {lint} from '../../src/lint/lint.ts';
import {readRepository} from '../../src/lint/read-repository.ts';
import {aCliWorld} from '../helpers/processes/cli-world.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCS = readFileSync(join(ROOT, 'docs/lint.md'), 'utf8');
const FACTS = {blueprints: NO_BLUEPRINTS, eventType: 'port-catalog-change'};

test('the options are those of the command', () => {
  const world = aCliWorld();
  world.remove();
  const named = [...DOCS.matchAll(/^\| `(--[\w-]+)/gm)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(
    createLintCommand(world)
      .options.map(({long}) => long)
      .toSorted(),
  );
});

test('the examples can be parsed', () => {
  const blocks = [...DOCS.matchAll(/```(yaml|json)\n([\s\S]*?)```/g)];
  expect(blocks.length).toBeGreaterThan(4);
  for (const [, , text = ''] of blocks) expect(parseDocument(text).errors).toEqual([]);
});

test('the schemas for editors are those that the build writes', () => {
  const named = new Set([...DOCS.matchAll(/dist\/([\w-]+)\.schema\.json/g)].map(([, name]) => name));
  const built = readFileSync(join(ROOT, 'scripts/build.js'), 'utf8');
  for (const name of named) expect(built).toContain(`writeSchema('${name}'`);
  expect([...named].toSorted()).toEqual(['rule-tests', 'rules']);
});

test('the files that users copy have no mistakes', () => {
  const repository = readRepository(ROOT, '.github/port-reactor.yml');
  expect(repository.ruleTests).toBeDefined();
  expect(repository.workflows.length).toBeGreaterThan(1);
  expect(lint(repository, FACTS)).toEqual({problems: [], notes: []});
});

test('the rules and the workflow in the README have no mistakes', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  const workflows = blocks
    .filter(text => /^jobs:/m.test(text))
    .map((text, index) => ({file: `README.md#${index}`, text: text.replaceAll('OWNER/', 'acme/')}));
  const rules = blocks.find(text => /^rules:/m.test(text)) ?? '';
  expect(workflows.length).toBeGreaterThan(0);
  const repository = readRepository(ROOT, '.github/port-reactor.yml');
  const {ruleTests, ...rest} = repository;
  const own = {...rest, rules: {file: '.github/port-reactor.yml', text: rules}, workflows};
  expect(lint(own, FACTS).problems).toEqual([]);
});

test('the links lead to existing files', () => {
  const links = [...DOCS.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path);
  expect(links.filter(path => !existsSync(join(ROOT, 'docs', path)))).toEqual([]);
});
