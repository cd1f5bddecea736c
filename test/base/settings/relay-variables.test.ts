import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {RELAY_VARIABLES} from '../../../src/base/settings/relay-variables.ts';

test('the table has exactly the variables that the relay reads', () => {
  const sources = ['relay/config/config.ts', 'src/clients/github/app/app-settings.ts'];
  const code = sources.map(path => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8')).join('\n');
  const read = [...code.matchAll(/settings\.(?:read|readOptional|require)\(\s*'([A-Z_]+)'/g)].map(([, name]) => name);
  expect(RELAY_VARIABLES.map(({name}) => name).toSorted()).toEqual(read.toSorted());
});
