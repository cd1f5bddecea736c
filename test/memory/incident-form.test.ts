import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {parse} from 'yaml';
import {COMMANDS, FORM_FIELDS, FORM_FILE, FORM_TITLE, incidentFormUrl} from '../../src/memory/incident-form.ts';

interface Form {
  readonly title: string;
  readonly body: readonly {readonly type: string; readonly id?: string; readonly attributes: Attributes}[];
}

interface Attributes {
  readonly label?: string;
  readonly options?: readonly string[];
}

const form = parse(readFileSync(`.github/ISSUE_TEMPLATE/${FORM_FILE}`, 'utf8')) as Form;
const fields = form.body.filter(({type}) => type !== 'markdown');

describe('the issue form of the repository', () => {
  test('has the fields and labels that the action reads', () => {
    expect(fields.map(({id, attributes: {label}}) => [id, label])).toEqual(Object.entries(FORM_FIELDS));
  });

  test('offers every command', () => {
    expect(fields.find(({id}) => id === 'do')?.attributes.options).toEqual(COMMANDS);
  });

  test('gives its issues the title that the workflow filters by', () => {
    expect(form.title).toMatch(FORM_TITLE);
    expect(readFileSync('.github/workflows/port-reactor-command.yml', 'utf8')).toContain(`'${FORM_TITLE}'`);
  });
});

test('opens from a link that fills in the incident', () => {
  const url = new URL(
    incidentFormUrl({url: 'https://ghes.example.com/acme/ops/actions/runs/42'}, {id: 'K7Q2M9'}) ?? '',
  );
  expect(url.origin + url.pathname).toBe('https://ghes.example.com/acme/ops/issues/new');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    template: 'port-reactor.yml',
    title: 'Port Reactor: incident K7Q2M9',
    incident: 'K7Q2M9',
  });
});

test.each([
  ['a run without a repository', 'https://github.com//actions/runs/42', 'K7Q2M9'],
  ['no run', 'https://github.com/acme/ops', 'K7Q2M9'],
  ['a text that is not an id', 'https://github.com/acme/ops/actions/runs/42', 'a|b> <!channel>'],
])('has no link for %s', (_, url, id) => {
  expect(incidentFormUrl({url}, {id})).toBeUndefined();
});
