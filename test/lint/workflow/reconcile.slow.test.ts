/** Mistakes in the shipped workflow for lost changes. lint reports each, and reports nothing for the shipped file. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {NO_BLUEPRINTS} from '../../../src/lint/catalog/lint-blueprints.ts';
import {lint} from '../../../src/lint/lint.ts';
import {readRepository} from '../../../src/lint/read-repository.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FILE = '.github/workflows/port-reactor-reconcile.yml';
const SHIPPED = readFileSync(join(ROOT, FILE), 'utf8');
const {ruleTests: _, ...repository} = readRepository(ROOT, '.github/port-reactor.yml');
const [REACT] = repository.workflows.filter(({file}) => file === '.github/workflows/port-reactor.yml');

/** The messages of lint for this file, next to the workflow that it dispatches to. */
function messagesFor(text: string): string[] {
  const workflows = [...(REACT === undefined ? [] : [REACT]), {file: FILE, text}];
  const {problems} = lint({...repository, workflows}, {blueprints: NO_BLUEPRINTS, eventType: 'port-catalog-change'});
  return problems.filter(({file}) => file === FILE).map(({message}) => message);
}

test('the shipped file has no mistakes', () => {
  expect(messagesFor(SHIPPED)).toEqual([]);
});

test.each([
  [
    'no schedule',
    "  schedule:\n    - cron: '23 * * * *' # not on the hour, when GitHub is busiest\n",
    '',
    /no event starts this workflow/,
  ],
  ['a misspelt mode', 'mode: reconcile', 'mode: reconcil', /Did you mean "reconcile"\?/],
  [
    'no memory',
    'mode: reconcile',
    'mode: reconcile\n          memory: off',
    /needs the memory, which records the handled changes/,
  ],
  ['half of the credentials', /\n *port-client-secret: .*/, '', /also needs `port-client-secret`/],
  [
    'no credentials',
    /\n *port-client-(id|secret): .*/g,
    '',
    /needs `port-client-id` and `port-client-secret` of an administrator/,
  ],
  ['no permission to dispatch', 'contents: write', 'contents: read', /"read" does not let the memory be written/],
])('%s', (_, edit, to, expected) => {
  const text = SHIPPED.replace(edit, to);
  expect(text).not.toBe(SHIPPED);
  expect(messagesFor(text)).toEqual([expect.stringMatching(expected)]);
});
