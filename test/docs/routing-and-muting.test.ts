/** Checks docs/routing-and-muting.md: its samples load, and its tables list the existing keys. */
import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {keysAt} from '../../src/rules/written/written-rules.ts';

const PAGE = readFileSync(new URL('../../docs/routing-and-muting.md', import.meta.url), 'utf8');
const SAMPLES = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, sample = '']) => sample);
const RULES = 'rules: [{name: a, blueprint: b, property: c, notify: true}]';

describe('a sample', () => {
  test('exists, as a whole file or a part', () => {
    expect(SAMPLES.filter(sample => sample.startsWith('version: 1'))).toHaveLength(3);
    expect(SAMPLES.length).toBeGreaterThan(6);
  });

  test.each(SAMPLES)('loads: %.60s', sample => {
    const file = sample.startsWith('version: 1') ? sample : `version: 1\n${sample}${RULES}\n`;
    expect(() => parseRules(file, 'docs/routing-and-muting.md')).not.toThrow();
  });
});

test.each<[string, string, PropertyKey[]]>([
  ['## Routes', '## What', ['routes', 0]],
  ['## What', '| Pattern', ['routes', 0, 'match']],
  ['## Mute windows', '## Silences', ['mute', 0]],
  ['## Silences', '## What a mute', ['silences', 0]],
])('the table under "%s" has exactly the existing keys', (from, to, path) => {
  const part = PAGE.slice(PAGE.indexOf(`\n${from}`), PAGE.indexOf(to, PAGE.indexOf(`\n${from}`)));
  const rows = part.split('\n').filter(line => line.startsWith('| `'));
  const named = rows.flatMap(row =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`.]+)[^`]*`/g)].map(([, name]) => name),
  );
  expect([...new Set(named)].toSorted()).toEqual(keysAt(path).toSorted());
});
