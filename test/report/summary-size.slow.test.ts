import {describe, expect, test} from '@jest/globals';
import type {Outcome} from '../../src/act/outcome.ts';
import {renderSummary} from '../../src/report/summary.ts';
import {aChange} from '../helpers/values/changes.ts';
import {planFor, rulesFile} from '../helpers/values/plans.ts';
import {expectValidMarkup, readable, render} from '../helpers/values/summaries.ts';

const MIB = 1024 * 1024;

describe('the size of the summary', () => {
  const big = (i: number) =>
    aChange({id: `r_${i}`, properties: {text: '語'.repeat(20_000), marks: '`<'.repeat(5_000)}});

  test('is below 1 MiB for 1,000 large changes, and omitted ones are counted', () => {
    const markup = render(
      Array.from({length: 1000}, (_, i) => big(i)),
      {outcome: {status: 'failed', message: '<'.repeat(50_000)}, run: 'failed'},
    );
    expect(Buffer.byteLength(markup)).toBeLessThan(MIB);
    const shown = markup.match(/<h3>/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(3);
    expect(readable(markup)).toContain(`… and ${1000 - shown} more changes in the decision record.`);
    expectValidMarkup(markup);
  });

  test('is below 1 MiB for thousands of remarks and messages, which are counted', () => {
    const {decisions, plan} = planFor(
      rulesFile(),
      Array.from({length: 50}, (_, i) => aChange({entity: `e${i}`})),
    );
    const outcomes = (plan.notifications[0]?.matches ?? []).map(
      (match, i): Outcome => ({
        match,
        kind: 'notification',
        status: 'failed',
        detail: 'x',
        message: `${i}${'語'.repeat(50_000)}`,
      }),
    );
    const remarks = Array.from({length: 3000}, () => '語<'.repeat(2000));
    const markup = renderSummary({outcome: 'failed', decisions, outcomes, errors: [], remarks});
    expect(Buffer.byteLength(markup)).toBeLessThan(MIB);
    expect(readable(markup)).toContain('… and 2980 more remarks.');
    expect(readable(markup)).toContain('… and 45 more messages.');
    expect(markup).toContain('<h3>');
    expectValidMarkup(markup);
  });

  test('shortens a large decision, which keeps its failures and does not hide others', () => {
    const rule = (i: number) => `to: Degraded, notify: true, name: rule-${i}`;
    const file = rulesFile(Array.from({length: 2500}, (_, i) => rule(i)));
    const changes = [
      aChange({title: 'Long'}),
      ...Array.from({length: 3}, (_, i) => aChange({title: `Other${i}`, to: 'x'})),
    ];
    const markup = render(changes, {file, outcome: {status: 'failed', detail: 'gone'}, run: 'failed'});
    expect(markup.match(/(?<=<h3>)\w+/g)).toEqual(['Long', 'Other0', 'Other1', 'Other2']);
    expect(readable(markup)).toContain('2500 rules: 2500 matched, 0 undecided; reactions: 2500 failed.');
    expect(readable(markup)).toContain('rule-0: notification failed: gone');
    expect(Buffer.byteLength(markup)).toBeLessThan(MIB);
    expectValidMarkup(markup);
  });

  test('has room for 500 rules, each with its reason', () => {
    const rules = Array.from({length: 500}, (_, i) => `to: "${i}", notify: true`);
    const markup = render([aChange()], {file: rulesFile(rules)});
    expect(markup.match(/<tr><td>➖/g)).toHaveLength(500);
  });
});
