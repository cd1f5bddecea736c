import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Outcome} from '../../src/act/outcome.ts';
import {ConfigError} from '../../src/base/errors.ts';
import {changeHeadline, renderSummary} from '../../src/report/summary.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/values/changes.ts';
import {EAGER_RULES, HOSTILE, hostileChanges, hostileTexts} from '../helpers/values/hostile.ts';
import {planFor, rulesFile} from '../helpers/values/plans.ts';
import {runs} from '../helpers/values/runs.ts';
import {expectValidMarkup, readable, render} from '../helpers/values/summaries.ts';

describe('the summary', () => {
  test('shows every change, every rule with its reason and every reaction with its outcome', () => {
    const file = rulesFile([
      'to: Degraded, notify: true',
      'to: Crashed, notify: true',
      'blueprint: database, notify: true',
    ]);
    const text = readable(render([aChange({team: []})], {file, outcome: {durationMs: 400, destination: 'default'}}));
    expect(text).toContain('✅ Port Reactor: reacted');
    expect(text).toContain('1 change, 1 matched by a rule; reactions: 1 done.');
    expect(text).toContain('Notification Service Production: healthStatus Healthy → Degraded');
    expect(text).toMatch(
      /notification-service-prod in deploymentConfig , change \S+ , at 2026-11-20T12:28:18.477Z, by auth0\|/,
    );
    expect(text).toContain('✅ matched rule-1 healthStatus went from Healthy to Degraded');
    expect(text).toContain('➖ not matched rule-2 healthStatus went to Degraded, not to Crashed');
    expect(text).toContain('Watching other blueprints: 1 rule.');
    expect(text).toContain('✅ done notification default rule-1 posted to default 0.4 s');
    expect(text).toContain('"entity": "notification-service-prod"');
  });

  test('shows the id of each change as code', () => {
    const markup = render([aChange({id: 'run_1'}), aChange({id: '</code><b>run</b> `2`\n# x'})]);
    expect(markup).toContain('change <code>run&#95;1</code>');
    expect(readable(markup)).toContain('change </code><b>run</b> `2` # x , at');
    expectValidMarkup(markup);
  });

  test('shows the route to a destination', () => {
    const routes = 'routes: [{match: {team: payments}, slack: [payments, "{{ after.properties.channel }}"]}]';
    const change = aChange({team: ['payments'], properties: {channel: '<b>*x*'}});
    const markup = render([change], {file: rulesFile(['notify: true'], routes), outcome: {destination: 'payments'}});
    expectValidMarkup(markup);
    expect(readable(markup)).toContain(
      'notification payments routes[0] (team: payments; after.properties.channel is <b>*x*) → payments, <b>*x* rule-1',
    );
  });

  test('shows that there was nothing to do, with the reason', () => {
    const remarks = ['No decision is needed. The message is an event about a run.'];
    const text = readable(render([], {remarks, run: 'nothing'}));
    expect(text).toContain('💤 Port Reactor: nothing');
    expect(text).toContain(
      '0 changes, 0 matched by a rule; reactions: none. ⚠️ No decision is needed. The message is an event about a run',
    );
  });

  test('shows an undelivered message once, at the top', () => {
    const message = 'The <b>undelivered</b> message';
    const text = readable(
      render([aChange({entity: 'a'}), aChange({entity: 'b'})], {outcome: {status: 'failed', message}, run: 'failed'}),
    );
    expect(text.match(/The <b>undelivered<\/b> message/g)).toHaveLength(1);
    expect(text.indexOf(message)).toBeLessThan(text.indexOf('Notification Service'));
  });

  test('shows the message of a dry run, but not a sent message', () => {
    expect(readable(render([aChange()], {outcome: {status: 'planned', message: 'the message'}}))).toContain(
      'the message',
    );
    expect(readable(render([aChange()], {outcome: {message: 'the message'}}))).not.toContain('the message');
  });

  test('shows the output of scripts, only the end if it is long', () => {
    const remediation = {kind: 'remediation', run: 'fix.sh', exitCode: 3} as const;
    const output = `start${'x'.repeat(50_000)}end\n`;
    const markup = render([aChange()], {outcome: {...remediation, output}});
    expect(markup).toMatch(/<summary>Output of <code>fix\.sh<\/code><\/summary><pre>…x+end&#10;<\/pre>/);
    expect(render([aChange()], {outcome: {...remediation, output: ' \n'}})).not.toContain('Output of');
    const rows = Array.from({length: 10_000}, (_, index) => `row ${index}\n`).join('');
    expect(render([aChange()], {outcome: {...remediation, output: rows}})).toMatch(
      /<pre>… \d+ lines before this&#10;row \d+&#10;.*row 9999&#10;<\/pre>/,
    );
  });

  test('shows keys of the rule that have no effect, and values that were cut', () => {
    const file = rulesFile(['property: cpuUtil, above: 80, clear: 70, notify: true']);
    const change = aChange({property: 'cpuUtil', from: 5, to: 90, truncated: ['before.properties.readme']});
    const text = readable(render([change], {file}));
    expect(text).toContain('`clear` has no effect');
    expect(text).toContain("Truncated to fit GitHub's size limit: before.properties.readme");
  });

  test('shows failures first, then other reactions', () => {
    const {decisions, plan} = planFor(rulesFile(['to: Degraded, notify: true']), [
      aChange({title: 'Quiet', to: 'Crashed'}),
      aChange({title: 'Fine', entity: 'a'}),
      aChange({title: 'Failed', entity: 'b'}),
    ]);
    const outcomes = (plan.notifications[0]?.matches ?? []).map((match): Outcome => {
      const status = match.change.title === 'Failed' ? 'failed' : 'done';
      return {match, kind: 'notification', status, detail: 'x'};
    });
    const markup = renderSummary({outcome: 'failed', decisions, outcomes, errors: [], remarks: []});
    expect(markup.match(/(?<=<h3>)\w+/g)).toEqual(['Failed', 'Fine', 'Quiet']);
  });
});

test('shows mistakes of the rules as text', () => {
  const errors = [
    new ConfigError('The rules file r.yml has a mistake:', [{message: '<b>x</b>', line: 3, column: 5}], 'r.yml'),
  ];
  const markup = render([aChange()], {errors, run: 'failed'});
  expect(readable(markup)).toContain('The rules file r.yml has a mistake: r.yml:3:5: <b>x</b>');
  expectValidMarkup(markup);
});

describe('hostile text', () => {
  test('from the catalog stays text', () => {
    const rules = parseRules(EAGER_RULES, 'rules.yml');
    const given = fc.record({
      changes: fc.array(hostileChanges(), {minLength: 1, maxLength: 5}),
      outcome: fc.record({
        status: fc.constantFrom('done' as const, 'failed' as const),
        detail: hostileTexts,
        message: hostileTexts,
        output: hostileTexts,
        run: hostileTexts,
      }),
      remarks: fc.array(hostileTexts, {maxLength: 3}),
    });
    fc.assert(
      fc.property(given, ({changes, ...rest}) => {
        const markup = render(changes, {file: rules, ...rest});
        expectValidMarkup(markup);
        expect(Buffer.byteLength(markup)).toBeLessThan(1024 * 1024);
      }),
      {numRuns: runs(100)},
    );
  });
});

test.each([
  [aChange(), 'healthStatus Healthy → Degraded'],
  [aChange({from: null, to: HOSTILE.slice(0, 20)}), 'healthStatus not set → $(touch pwned)`touch'],
  [aChange({action: 'CREATE'}), 'the entity was created'],
  [aChange({from: 'a', to: 'a'}), 'the entity was updated'],
  [
    aChange({
      before: {properties: {a: 1, b: 1, c: 1}, relations: {}},
      after: {properties: {a: 2, b: 2, c: 2}, relations: {}},
    }),
    'a 1 → 2 and 2 more',
  ],
])('stays short in the headline of a change (%#)', (change, expected) => {
  expect(changeHeadline(change)).toBe(expected);
});
