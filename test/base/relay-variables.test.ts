import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {RELAY_VARIABLES} from '../../src/base/relay-variables.ts';

test('the table has exactly the variables that the relay reads', () => {
  const config = readFileSync(join(import.meta.dirname, '../../relay/config/config.ts'), 'utf8');
  const read = [...config.matchAll(/settings\.(?:read|readOptional|require)\(\s*'([A-Z_]+)'/g)].map(([, name]) => name);
  expect(RELAY_VARIABLES.map(({name}) => name).toSorted()).toEqual(read.toSorted());
});
