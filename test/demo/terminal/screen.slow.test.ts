import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {
  renderClosing,
  renderDelivery,
  renderExchange,
  renderHeading,
  renderOpening,
  renderTryIt,
} from '../../../src/demo/terminal/screen.ts';
import {renderRunScreen} from '../../../src/demo/terminal/screen-run.ts';
import {type Line, lineWidth, paint} from '../../../src/ui/terminal.ts';
import {hostileTexts} from '../../helpers/values/hostile.ts';
import {aDecision, anEnd, aPost, aRun, CONTEXT} from '../a-run.ts';

const shown = (lines: readonly Line[]) => lines.map(line => paint(line, false).trimEnd());

describe('a webhook', () => {
  test('shows what was sent and the response of the relay', () => {
    const answer = {status: 202, answer: {status: 'dispatched', id: 'r_1'}};
    expect(
      shown(renderExchange({what: 'orders-db: cpuUtil 72 → 91', bytes: 1234, answer, tookMs: 17}, CONTEXT)),
    ).toEqual([
      '  Port    orders-db: cpuUtil 72 → 91  signed webhook, 1,234 bytes',
      '  Relay   202 dispatched  in 17 ms',
    ]);
  });

  test.each([
    [{status: 'ignored', id: 'r_1', reason: 'nothing changed'}, 200, '200 ignored: nothing changed'],
    [{error: 'The signature is wrong.'}, 401, '401: The signature is wrong.'],
    ['Bad gateway', 502, '502'],
  ])('shows why the webhook had no effect: %j', (answer, status, expected) => {
    const [, relay] = shown(renderExchange({what: 'x', bytes: 1, answer: {status, answer}, tookMs: 1}, CONTEXT));
    expect(relay).toBe(`  Relay   ${expected}  in 1 ms`);
  });

  test('of another sender is shown in the same way', () => {
    const delivery = {time: '', status: 401, outcome: 'refused', reason: 'no signature'};
    expect(shown(renderDelivery(delivery, CONTEXT))).toEqual(['  Relay   401 refused: no signature']);
  });
});

describe('a run', () => {
  test('shows the dispatch, each rule with its reason, the results, and the message', () => {
    const record = aDecision({
      rules: [
        {
          rule: 'health-changed',
          matched: true,
          reason: 'it changed',
          conditions: [{condition: 'blueprint', held: true}],
        },
        {rule: 'degraded', matched: false, reason: 'not from Healthy', conditions: []},
        {rule: 'cpu', matched: false, reason: 'x', conditions: [{condition: 'blueprint', held: false}]},
      ],
      reactions: [
        {rule: 'health-changed', kind: 'notification', status: 'done', detail: 'posted to default'},
        {rule: 'other', kind: 'notification', status: 'done', detail: 'posted to default'},
        {rule: 'degraded', kind: 'remediation', status: 'failed', detail: 'ended with exit code 3', run: 'a/b.sh'},
      ],
    });
    const log = [
      {kind: 'group', text: 'a/b.sh for notification-service-prod (rule degraded)'},
      {kind: 'text', text: '::stop-commands::***', group: 'a/b.sh for x'},
      {kind: 'text', text: 'at the ceiling', group: 'a/b.sh for x'},
      {kind: 'text', text: '::***::', group: 'a/b.sh for x'},
      {kind: 'error', text: 'remediation failed'},
    ] as const;
    const posts = [aPost('*Now:* `Degraded` <https://x.example|x>')];
    expect(shown(renderRunScreen(aRun({state: 'failure'}), anEnd({record, log, posts}), CONTEXT))).toEqual([
      '  GitHub  repository_dispatch port-catalog-change  partition 7, 849 bytes',
      '  Run #1  ✘ notification-service-prod: healthStatus Healthy → Degraded  0.7 s',
      '          ● health-changed  it changed',
      '          ○ degraded        not from Healthy',
      '          ○ 1 more rule for other blueprints',
      '          ✔ notification done: posted to default  health-changed, other',
      '          ✘ remediation failed: b.sh ended with exit code 3  degraded',
      '          remediation failed',
      '  Slack   ╭ as it would look in Slack ──────────────────────────────────────────',
      '          │ Now: Degraded x',
      '          ╰─────────────────────────────────────────────────────────────────────',
      '  Script  ╭ Output of b.sh ─────────────────────────────────────────────────────',
      '          │ at the ceiling',
      '          ╰─────────────────────────────────────────────────────────────────────',
    ]);
  });

  test('shows what Slack refused, and shows a message without blocks by its text', () => {
    const post = {...aPost(''), message: {text: 'only text'}, status: 400, answer: 'invalid_blocks'};
    const lines = shown(renderRunScreen(aRun(), anEnd({posts: [post]}), CONTEXT));
    expect(lines.join('\n')).toMatch(/╭ Slack answered 400: invalid_blocks ─+\n {10}│ only text/);
  });

  test('cuts the columns of a table, and wraps sentences', () => {
    const record = aDecision({reactions: [{rule: 'r', kind: 'remediation', status: 'done', detail: 'x', run: 'b.sh'}]});
    const log = ['a | b', 'word '].map(text => ({kind: 'text', text: text.repeat(20), group: 'b.sh for x'}) as const);
    const boxed = shown(renderRunScreen(aRun(), anEnd({record, log}), CONTEXT)).filter(line => line.includes('│'));
    expect(boxed).toHaveLength(3);
    expect(boxed[0]).toMatch(/…$/);
  });

  test('is never wider than the screen and never controls the terminal, for any text', () => {
    fc.assert(
      fc.property(hostileTexts, text => {
        const rules = [{rule: text, matched: true, reason: text, conditions: []}];
        const reactions = [{rule: text, kind: text, status: text, detail: text, run: text}];
        const posts = [aPost(text), aPost(`\`\`\`\n${text}\n\`\`\``)];
        const log = [{kind: 'error', text} as const, {kind: 'text', text, group: `${text} for x`} as const];
        const lines = renderRunScreen(
          aRun({title: text}),
          anEnd({record: aDecision({rules, reactions}), posts, log}),
          CONTEXT,
        );
        for (const line of lines) {
          expect(lineWidth(line)).toBeLessThanOrEqual(CONTEXT.width);
          expect(paint(line, false)).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
        }
      }),
      {numRuns: 60},
    );
  });
});

describe('the text around the runs', () => {
  test('shows at the start what is real and what is simulated', () => {
    const opening = shown(renderOpening(CONTEXT)).join('\n');
    expect(opening).toMatch(/Real +the relay, the action/);
    expect(opening).toMatch(/Simulated: Port, GitHub and its runner, Slack, and the kubectl and/);
    expect(opening).toContain('Nothing leaves this machine.');
    const real = shown(renderOpening({...CONTEXT, isRealSlack: true})).join('\n');
    expect(real).toMatch(/Messages go to your Slack/);
    expect(real).not.toMatch(/runner, Slack/);
  });

  test('has headings that are as wide as the screen', () => {
    const [, heading = []] = renderHeading('1/4  A deployment degrades', CONTEXT);
    expect(lineWidth(heading)).toBe(CONTEXT.width);
  });

  test('shows the result at the end', () => {
    const history = {runs: [aRun({ended: anEnd({posts: [aPost('x')]})})], deliveries: []};
    const good = shown(renderClosing(history, {different: [], tookMs: 1900, page: '/out/index.html'}, CONTEXT)).join(
      '\n',
    );
    expect(good).toContain('✔ All checks passed: 0 webhooks, 1 run, 1 Slack message in 1.9 s.');
    expect(good).toContain('/out/index.html');
    const bad = shown(
      renderClosing(history, {different: ['1/4 x: messages: 0 instead of 2'], tookMs: 1, page: ''}, CONTEXT),
    );
    expect(bad.join('\n')).toMatch(/✘ Some checks failed: .*\n {2}- 1\/4 x: messages: 0 instead of 2/);
  });

  test('never wraps commands, so that they can be copied', () => {
    const command = `curl ${'x'.repeat(100)} \\\n  --more`;
    const place = {relayUrl: 'http://127.0.0.1:4001', taken: 3000, isFed: true};
    const lines = shown(renderTryIt([{title: 'By curl', command}], place, CONTEXT));
    expect(lines).toEqual(expect.arrayContaining(['# By curl', `curl ${'x'.repeat(100)} \\`, '  --more']));
    expect(lines.join('\n')).toMatch(/http:\/\/127\.0\.0\.1:4001\/webhooks\/port {2}\(port 3000 is in use\)/);
    expect(lines.join('\n')).toContain('WEBHOOK_PROXY_URL');
  });
});
