import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {RELAY_VARIABLES} from '../src/relay-variables.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');
const names = RELAY_VARIABLES.map(({name}) => name);

test('every variable that the relay reads is told, and no other', () => {
  const inCode = [...read('relay/config.ts').matchAll(/settings\.(?:read|require)\(\s*'([A-Z_]+)'/g)].map(
    ([, name]) => name,
  );
  expect(names.toSorted()).toEqual(inCode.toSorted());
});

test('they come in the order of the README', () => {
  const rows = /<!-- variables -->(.*?)\n\n/s.exec(read('README.md'))?.[1]?.split('\n') ?? [];
  const inReadme = rows.flatMap(row => [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name));
  expect(names).toEqual(inReadme);
});
