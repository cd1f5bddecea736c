import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {FailedTest} from '../../src/lint-mode/check.ts';
import type {OneSided, ReactionChange, SideComparison, TestComparison} from '../../src/lint-mode/compare.ts';
import {type LintSummary, renderLintSummary} from '../../src/lint-mode/summary.ts';
import {hostileTexts} from '../helpers/values/hostile.ts';
import {runs} from '../helpers/values/runs.ts';

const GOOD: LintSummary = {
  verdict: 'no mistakes',
  isRed: false,
  files: 3,
  problems: [],
  failed: [],
  passed: 2,
  remarks: [],
};
const NO_RULES: SideComparison['rules'] = {added: [], removed: [], changed: [], shared: []};
const NONE: OneSided<never> = {before: [], after: []};
const UNCHANGED: ReactionChange = {rules: NONE, messages: NONE, remediations: NONE, muted: NONE};

const place = (file: string) => ({file, line: 3, column: 5});

function compared(tests: readonly TestComparison[], rules = NO_RULES): string {
  return renderLintSummary({...GOOD, comparison: {baseSha: 'ba5e0000', rules, tests}});
}

const message = (slack: string, text: string, mrkdwn = text) => ({slack, text, mrkdwn});

test('shows only the different lines of messages to the same destination', () => {
  const messages = {
    before: [message('default', 'Critical\nWhere: x\nSince: 1')],
    after: [message('default', 'Warning\nWhere: x\nSince: 1'), message('ops', 'New')],
  };
  const summary = compared([
    {name: 'a', kind: 'kept', before: true, after: true, reactions: [{...UNCHANGED, messages}]},
  ]);
  expect(summary.replaceAll('&#10;', '\n')).toContain(
    '<pre>  message to default\n-   Critical\n+   Warning\n+ message to ops\n+   New</pre>',
  );
});

test('shows the posted text if the readable text is the same', () => {
  const messages = {before: [message('default', 'x', 'x by U1')], after: [message('default', 'x', 'x by U2')]};
  const summary = compared([
    {name: 'a', kind: 'kept', before: true, after: true, reactions: [{...UNCHANGED, messages}]},
  ]);
  expect(summary).toContain('-   x by U1&#10;+   x by U2');
});

test('lists tests that now fail first, and omits unchanged tests', () => {
  const reactions = [{...UNCHANGED, rules: {before: ['x'], after: []}}];
  const summary = compared([
    {name: 'stays', kind: 'kept', before: true, after: true, reactions: []},
    {name: 'reacts', kind: 'kept', before: true, after: true, reactions},
    {name: 'fails', kind: 'kept', before: true, after: false, reactions},
    {name: 'missing', kind: 'removed', before: true, formerAfter: false, reactions},
  ]);
  expect([...summary.matchAll(/<tr><td>(\w+)/g)].map(([, name]) => name)).toEqual(['fails', 'missing', 'reacts']);
  expect(summary).toContain(
    '1 removed, 1 pass → fail, 1 edited or removed tests that would fail unedited, 3 with other reactions',
  );
  expect(summary).toContain('passes → removed. It would fail.');
});

test('counts long lists of names', () => {
  const added = Array.from({length: 500}, (_, n) => `rule-${n}`);
  expect(compared([], {...NO_RULES, added})).toMatch(/500 added: <code>rule-0<\/code>.*and 470 more/);
});

describe('hostile text', () => {
  const texts = fc.array(hostileTexts, {minLength: 1, maxLength: 5});
  const sides = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<OneSided<T>> =>
    fc.record({before: fc.array(item, {maxLength: 3}), after: fc.array(item, {maxLength: 3})});
  const reaction: fc.Arbitrary<ReactionChange> = fc.record({
    of: hostileTexts,
    rules: sides(hostileTexts),
    messages: sides(fc.record({slack: hostileTexts, text: hostileTexts, mrkdwn: hostileTexts})),
    remediations: sides(fc.record({run: hostileTexts, rule: hostileTexts, entity: hostileTexts})),
    muted: sides(fc.record({slack: hostileTexts, rule: hostileTexts, reason: hostileTexts})),
  });
  const failed: fc.Arbitrary<FailedTest> = fc.record({
    name: hostileTexts,
    file: hostileTexts,
    line: fc.nat(),
    column: fc.nat(),
    mismatches: fc.array(fc.record({subject: hostileTexts, expected: hostileTexts, actual: hostileTexts}), {
      maxLength: 3,
    }),
  });

  test('stays plain text, and the summary stays below 1 MiB', () => {
    fc.assert(
      fc.property(
        texts,
        fc.array(failed, {maxLength: 3}),
        fc.array(reaction, {maxLength: 3}),
        fc.nat(2_000),
        (all, bad, reactions, times) => {
          const problems = Array.from({length: times}, () => ({...place(all[0] ?? ''), message: all.at(-1) ?? ''}));
          const one = {name: all[0] ?? '', kind: 'kept' as const, before: true, after: false, reactions};
          const changed = all.map(name => ({name, keys: all}));
          const summary = renderLintSummary({
            ...GOOD,
            problems,
            failed: Array.from({length: times}, () => bad).flat(),
            remarks: all,
            comparison: {
              baseSha: 'ba5e0000',
              rules: {added: all, removed: all, changed, shared: all},
              tests: Array.from({length: times}, () => one),
            },
          });
          expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
          const tags = new Set([...summary.matchAll(/<\/?([^ >]*)/g)].map(([, tag]) => tag));
          expect([...tags].filter(tag => !/^(h2|h3|p|b|i|br|code|pre|table|tr|th|td)$/.test(tag ?? ''))).toEqual([]);
          expect(summary).not.toMatch(/[`*[\]\\]/);
        },
      ),
      {numRuns: runs(30)},
    );
  });
});
