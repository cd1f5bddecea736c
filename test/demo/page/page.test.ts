import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {plannedOutcomes} from '../../../src/act/act.ts';
import {renderNotification} from '../../../src/act/slack/message/notification.ts';
import type {Change} from '../../../src/change/change.ts';
import type {EndedRun, RecordedRun} from '../../../src/demo/history.ts';
import {renderIndex, renderRunPage, renderSummaryPage} from '../../../src/demo/page/page.ts';
import {renderRecord} from '../../../src/report/decision-record.ts';
import {renderSummary} from '../../../src/report/summary.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {aHostileChange, EAGER_RULES, HOSTILE, hostileChanges, hostileTexts} from '../../helpers/values/hostile.ts';
import {planFor} from '../../helpers/values/plans.ts';
import {runs} from '../../helpers/values/runs.ts';
import {anEnd, aPost, aRun, CONTEXT} from '../a-run.ts';

/** Tags of the page itself: known names, quoted attributes, and values without characters that end them. */
const TAGS =
  'html|head|meta|title|style|body|header|main|footer|nav|div|span|p|a|b|i|s|br|code|pre|h1|h2|h3|small|ol|li|dl|dt|dd|table|tr|th|td|details|summary|time';
const TAG = new RegExp(`<!doctype html>|</?(?:${TAGS})(?: (?:[a-z-]+="[^"<>]*"|open))*>`, 'g');

/** The page without its own tags. */
function withoutTags(page: string): string {
  return page.replace(/<style>[^<]*<\/style>/, '').replace(TAG, '');
}

function expectHarmless(page: string): void {
  expect(withoutTags(page)).not.toMatch(/[<>]/);
  for (const [, address = ''] of page.matchAll(/href="([^"]*)"/g)) {
    expect(address).toMatch(
      /^(https?:\/\/|\.\.\/(index\.html$|run-\d+\/index\.html$)|run-\d+\/index\.html$|[a-z]+\.(html|txt|jsonl?)$)/,
    );
  }
  expect(page).not.toMatch(/[\u0000-\u0008\u202a-\u202e\u2066-\u2069]/);
}

const RULES = parseRules(EAGER_RULES, 'rules.yml');

/** A run about the changes, created with the functions of the action. */
function aRunAbout(changes: readonly Change[], text: string): {run: RecordedRun; ended: EndedRun} {
  const {decisions, plan} = planFor(RULES, changes);
  const context = {
    statuses: RULES.statuses,
    runUrl: 'http://127.0.0.1:4000/acme/operations/actions/runs/1',
    appUrl: 'https://app.port.io',
  };
  const outcomes = plannedOutcomes(plan, context, {destinations: new Map(), workspace: '.'});
  const messages = plan.notifications.map(notification => renderNotification(notification, context));
  const run = aRun({title: text, dispatch: {eventType: text, payload: {changes}, bytes: 1}, group: text});
  const ended = anEnd({
    event: {client_payload: {changes}},
    log: ['text', 'group', 'text', 'error', 'endgroup', 'warning'].map(kind => ({kind: kind as 'text', text})),
    outputs: {outcome: text, reactions: JSON.stringify([text]), [text]: text},
    summary: renderSummary({outcome: 'reacted', decisions, outcomes, errors: [], remarks: [text]}),
    record: renderRecord({decisions, outcomes}, text),
    posts: [
      ...messages.map(message => aPost('', {message})),
      aPost(text, {status: 400, answer: text}),
      aPost('', {message: {text}}),
      aPost('', {message: text}),
    ],
  });
  return {run, ended};
}

describe('text of the catalog is always shown as text', () => {
  const pagesOf = (changes: readonly Change[], text: string) => {
    const {run, ended} = aRunAbout(changes, text);
    const delivery = {time: text, status: 200, outcome: text, blueprint: text, entity: text, reason: text};
    return [
      renderIndex([run, {...run, id: 2, ended}], [delivery], {...CONTEXT, isLive: false}),
      renderRunPage(run, ended, CONTEXT),
      renderSummaryPage(run, ended),
    ];
  };

  test('one text with every injection', () => {
    for (const page of pagesOf([aHostileChange()], `${HOSTILE}</title></style><script>alert(1)</script>"'>`)) {
      expectHarmless(page);
    }
  });

  test('any texts and changes', () => {
    fc.assert(
      fc.property(fc.array(hostileChanges(), {minLength: 1, maxLength: 2}), hostileTexts, (changes, text) => {
        for (const page of pagesOf(changes, text)) expectHarmless(page);
      }),
      {numRuns: runs(60)},
    );
  });
});

describe('the list of runs', () => {
  test('shows the newest first, and links to the finished ones', () => {
    const runs = [aRun({ended: anEnd()}), aRun({id: 2, title: 'orders-db: cpuUtil 72 → 91', state: 'in progress'})];
    const page = renderIndex(runs, [], {...CONTEXT, isLive: false});
    expect(page.indexOf('orders-db')).toBeLessThan(page.indexOf('notification-service-prod'));
    expect(page).toContain('<a class="name" href="run-1/index.html">notification-service-prod');
    expect(page).not.toContain('href="run-2');
    expect(page).toMatch(/aria-label="In progress"[\s\S]*aria-label="Succeeded"/);
    expect(page).toContain('2 workflow runs');
  });

  test('shows why a webhook was ignored or refused', () => {
    const deliveries = [
      {
        time: '2026-11-20T12:28:18.477Z',
        status: 200,
        outcome: 'ignored',
        entity: 'orders-db',
        reason: 'nothing changed',
      },
      {time: '2026-11-20T12:28:19.477Z', status: 401, outcome: 'refused', reason: 'no signature'},
    ];
    const page = renderIndex([], deliveries, {...CONTEXT, isLive: false});
    expect(page).toMatch(/401 refused[\s\S]*no signature[\s\S]*200 ignored[\s\S]*orders-db[\s\S]*nothing changed/);
    expect(page).toContain('No runs yet');
  });

  test('loads nothing and runs no script, except one line while it is served', () => {
    const [still, live] = [false, true].map(isLive => renderIndex([], [], {...CONTEXT, isLive}));
    expect(still).toContain('content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; base-uri');
    expect(still).not.toContain('<script');
    expect(live?.match(/<script>[^<]*<\/script>/g)).toHaveLength(1);
    expect(live).toMatch(/script-src &#39;sha256-/);
  });
});

describe('the page of a run', () => {
  const page = (ended: Partial<EndedRun>) => renderRunPage(aRun(), anEnd(ended), CONTEXT);

  test('shows messages as Slack does, and links between runs', () => {
    const own = '<http://127.0.0.1:4000/acme/operations/actions/runs/3|This run>';
    const shown = page({
      posts: [aPost(`*Critical* \`a&lt;b\` <https://x.example/?a=1&amp;b=2|x> ${own} <!here>\n\`\`\`\nout\n\`\`\``)],
    });
    expect(shown).toContain('<b>Critical</b> <code>a&#60;b</code>');
    expect(shown).toContain('<a href="https://x.example/?a=1&#38;b=2" target="_blank" rel="noreferrer noopener">x</a>');
    expect(shown).toContain('<a href="../run-3/index.html">This run</a>');
    expect(shown).toContain('<span class="mention">@here</span></p><pre>out</pre>');
  });

  test('links only to http URLs', () => {
    expect(page({posts: [aPost('<javascript:alert(1)|x>')]})).not.toContain('javascript');
  });

  test('shows what Slack refused', () => {
    expect(page({posts: [aPost('x', {status: 400, answer: 'invalid_blocks'})]})).toContain(
      'Slack answered 400: invalid_blocks',
    );
    expect(page({})).toContain('Nothing was posted.');
  });

  test('folds the groups of the log, and marks errors', () => {
    const shown = page({
      log: [
        {kind: 'group', text: 'Run ./'},
        {kind: 'text', text: 'with:'},
        {kind: 'endgroup', text: ''},
        {kind: 'error', text: 'bad'},
        {kind: 'group', text: 'script'},
        {kind: 'text', text: 'said'},
      ],
    });
    expect(shown).toContain('<details><summary>Run ./</summary><p>with:</p></details>');
    expect(shown).toContain(
      '<p class="error">Error: bad</p><details open><summary>script</summary><p>said</p></details>',
    );
  });

  test('shows outputs and records in a readable form', () => {
    const shown = page({outputs: {outcome: 'reacted', reactions: '[{"rule":"a"}]'}, record: '{"a":1}\nnot json\n'});
    expect(shown).toContain('&#34;rule&#34;: &#34;a&#34;');
    expect(shown).toContain('{&#34;a&#34;:1}\nnot json');
  });
});
