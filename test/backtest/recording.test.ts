import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, test} from '@jest/globals';
import {fromInput, inMemory, openFile, readInOrder} from '../../src/backtest/recording.ts';
import {ConfigError} from '../../src/base/errors.ts';
import type {Change} from '../../src/change/change.ts';
import {readRecordedLine} from '../../src/change/event/recorded-line.ts';
import {auditEntry} from '../helpers/servers/port-audit-log.ts';
import {aChange} from '../helpers/values/a-change.ts';
import {portBody} from '../helpers/values/fixtures.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true});
});

const changeAt = (minute: number, parts: Partial<Change> = {}) =>
  aChange({at: new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString(), ...parts});

function read(text: string): {entities: string[]; facts: ReturnType<typeof readInOrder>} {
  let entities: string[] = [];
  const facts = readInOrder(inMemory(Buffer.from(text)), () => {
    entities = [];
    return ({entity}) => void entities.push(entity);
  });
  return {entities, facts};
}

test.each<[string, unknown]>([
  ['a change', aChange()],
  ['a webhook of Port', portBody('automation-update')],
  ['the old changelog', portBody('changelog-update')],
  ['an entry of the audit log', auditEntry(aChange())],
  ['an answer of the audit log', {ok: true, audits: [auditEntry(aChange())]}],
  ['a list', [aChange()]],
  ['a line of a decision record', {change: aChange(), rules: []}],
  ['the event of a run', {client_payload: {version: 1, title: 't', partition: 0, changes: [aChange()]}}],
])('a line can be %s', (_name, line) => {
  expect(readRecordedLine(JSON.stringify(line)).changes).toHaveLength(1);
});

test('counts what is not a change, and refuses a change without a time', () => {
  expect(readRecordedLine(JSON.stringify({resourceType: 'blueprint', context: {}}))).toEqual({changes: [], others: 1});
  const {trigger: _, ...undated} = portBody('changelog-update') as Record<string, unknown>;
  expect(() => readRecordedLine(JSON.stringify(undated))).toThrow('has no time');
  expect(() => readRecordedLine(JSON.stringify({...aChange(), at: 'yesterday'}))).toThrow(
    'at: must be an ISO 8601 time',
  );
});

test('refuses a year out of range', () => {
  expect(() => readRecordedLine(JSON.stringify({...aChange(), at: '+020026-11-20T12:00:00Z'}))).toThrow(
    'is not a time of this century',
  );
});

test('does not decide by a number that JavaScript would round', () => {
  const text = JSON.stringify(aChange({property: 'id', from: 1, to: 2})).replace('"id":2', '"id":9007199254740993');
  expect(readRecordedLine(text).changes[0]?.truncated).toEqual(['after.properties.id']);
});

test('returns changes in the order of time, and changes of one moment in the order of the file', () => {
  const lines = [
    changeAt(3, {entity: 'c'}),
    changeAt(1, {entity: 'a'}),
    changeAt(1, {entity: 'b'}),
    changeAt(9, {entity: 'd'}),
  ];
  const {entities, facts} = read(lines.map(line => JSON.stringify(line)).join('\n'));
  expect(entities).toEqual(['a', 'b', 'c', 'd']);
  expect(facts).toEqual({changes: 4, others: 0, unreadable: 0, problems: []});
});

test('splits batches that overlap', () => {
  const batch = (...changes: Change[]) => JSON.stringify({version: 1, title: 't', partition: 0, changes});
  const text = [
    batch(changeAt(1, {entity: 'a'}), changeAt(5, {entity: 'c'})),
    batch(changeAt(3, {entity: 'b'}), changeAt(7, {entity: 'd'})),
  ];
  expect(read(text.join('\n')).entities).toEqual(['a', 'b', 'c', 'd']);
});

test('counts unreadable lines with their numbers, and reads the others', () => {
  const good = JSON.stringify(changeAt(1));
  const {entities, facts} = read(`\ufeff${good}\r\n\n{oops\n${good.replace('"UPDATE"', '"EXPLODED"')}\n${good}`);
  expect(entities).toHaveLength(2);
  expect(facts).toMatchObject({changes: 2, unreadable: 2});
  expect(facts.problems.map(({line}) => line)).toEqual([3, 4]);
  expect(facts.problems[1]?.message).toContain('action');
});

test('reads lines that are longer than one read, with characters across its borders', () => {
  const long = (entity: string) => JSON.stringify(changeAt(1, {entity, title: '💥ü'.repeat(100_000)}));
  expect(read([long('a'), long('b'), long('c')].join('\n')).entities).toEqual(['a', 'b', 'c']);
});

test('reads a file from the disk, and explains a missing file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
  folders.push(folder);
  const file = join(folder, 'changes.ndjson');
  writeFileSync(file, `${JSON.stringify(changeAt(2))}\n${JSON.stringify(changeAt(1))}\n`);
  const bytes = openFile(file, 'changes.ndjson');
  let taken = 0;
  readInOrder(bytes, () => {
    taken = 0;
    return () => void taken++;
  });
  bytes.close();
  expect(taken).toBe(2);
  expect(() => openFile(join(folder, 'other'), 'other')).toThrow(ConfigError);
});

test('names UTF-16 in a file and on standard input', () => {
  const utf16 = Buffer.from('\ufeff{"action": "UPDATE"}\n', 'utf16le');
  const folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
  folders.push(folder);
  const file = join(folder, 'utf16.ndjson');
  writeFileSync(file, utf16);
  expect(() => openFile(file, 'utf16.ndjson')).toThrow(
    "The recording utf16.ndjson can't be read: it is UTF-16 LE text: save it as UTF-8.",
  );
  expect(() => fromInput(utf16)).toThrow("Standard input can't be read: it is UTF-16 LE text: save it as UTF-8.");
});
