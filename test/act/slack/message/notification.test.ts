import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {messageText, type SlackMessage} from '../../../../src/act/slack/block-kit/blocks.ts';
import {entriesOf} from '../../../../src/act/slack/message/entry.ts';
import {isWorsening} from '../../../../src/act/slack/message/level.ts';
import {type MessageContext, renderNotification} from '../../../../src/act/slack/message/notification.ts';
import type {Change} from '../../../../src/change/change.ts';
import type {Notification} from '../../../../src/decide/plan.ts';
import {parseRules} from '../../../../src/rules/parse-rules.ts';
import {readMrkdwn, slackRefusal} from '../../../helpers/servers/slack-server.ts';
import {blockKitProblems} from '../../../helpers/values/block-kit.ts';
import {aChange} from '../../../helpers/values/changes.ts';
import {EAGER_RULES, hostileChanges} from '../../../helpers/values/hostile.ts';
import {planFor, rulesFile} from '../../../helpers/values/plans.ts';
import {runs} from '../../../helpers/values/runs.ts';

const STATUSES = 'statuses: {healthStatus: [Healthy, Degraded, Crashed]}';
const RUN_URL = 'https://github.com/acme/ops/actions/runs/42';

/** The messages that the rules send about the changes. */
function render(changes: readonly Change[], file = rulesFile()): SlackMessage[] {
  const {rules, plan} = planFor(file, changes);
  return plan.notifications.map(notification => renderNotification(notification, contextOf(rules.statuses)));
}

function contextOf(statuses: MessageContext['statuses']): MessageContext {
  return {statuses, runUrl: RUN_URL, appUrl: 'https://app.port.io'};
}

function only(messages: readonly SlackMessage[]): {text: string; body: string; message: SlackMessage} {
  const [message] = messages;
  if (message === undefined || messages.length !== 1) throw new Error(`${messages.length} messages instead of one`);
  expect(slackRefusal(message)).toBeUndefined();
  const body = messageText(message);
  expect(readMrkdwn(body).broken).toEqual([]);
  return {text: message.text, body, message};
}

describe('one change', () => {
  test('has the severity, the entity, the values, the time, the person and links', () => {
    const change = aChange({
      id: 'r_1',
      team: ['payments', 'platform'],
      by: {email: 'jane@example.com'},
      origin: 'UI',
      properties: {newRelicUrl: 'https://newrelic.com/1', notes: 'no link'},
    });
    const rule = "severity: critical, notify: {mention: '<!subteam^S0123>', runbook: 'https://example.com/runbook'}";
    const {text, body} = only(render([change], rulesFile([rule], STATUSES)));
    expect(text).toBe(
      'Critical: Notification Service Production (deploymentConfig): healthStatus Healthy → Degraded, by jane@example.com',
    );
    expect(body.split('\n')).toEqual([
      '🔴 *CRITICAL* · *Notification Service Production* <!subteam^S0123>',
      '`healthStatus`: 🟢 `Healthy` → 🟠 `Degraded`',
      '',
      '*Where:* `notification-service-prod` in `deploymentConfig` · team payments, platform',
      '*Since:* <!date^1795177698^{date_short_pretty} {time_secs}|2026-11-20T12:28:18.477Z>',
      '*By:* jane@example.com via UI',
      '',
      '<https://example.com/runbook|📕 Runbook>  ·  <https://app.port.io/deploymentConfigEntity?identifier=notification-service-prod|Entity in Port>  ·  <https://github.com/acme/ops/actions/runs/42|This run>  ·  <https://newrelic.com/1|New Relic>',
      '',
      'Rule `rule-1`  ·  change `r_1`',
    ]);
  });

  test.each([
    {from: 'Degraded', to: 'Healthy', head: '🟢 *RECOVERED*', text: 'Recovered: '},
    {from: 'Crashed', to: 'Degraded', head: '🔼 *IMPROVED*', text: 'Improved: '},
    {from: 'Degraded', to: 'Crashed', head: '🔴 *CRITICAL*', text: 'Critical: '},
    {from: 'Healthy', to: 'Unknown', head: '🔴 *CRITICAL*', text: 'Critical: '},
    {from: undefined, to: 'Degraded', head: '🔴 *CRITICAL*', text: 'Critical: '},
    {from: undefined, to: 'Healthy', head: '🔵 *INFO*', text: 'Info: '},
  ])('that changed from $from to $to starts with $head', ({from, to, head, text: start}) => {
    const {text, body} = only(render([aChange({from, to})], rulesFile(['severity: critical, notify: true'], STATUSES)));
    expect(body.startsWith(`${head} · *`)).toBe(true);
    expect(text.startsWith(start)).toBe(true);
  });

  test('that worsened starts with WORSENED if the rule has no severity', () => {
    const {text, body} = only(render([aChange()], rulesFile(['notify: true'], STATUSES)));
    expect(body.startsWith('🔽 *WORSENED* · *')).toBe(true);
    expect(text.startsWith('Worsened: ')).toBe(true);
  });

  test.each([
    ['Healthy', 'Degraded', ['<!here>']],
    ['Degraded', 'Unknown', ['<!here>']],
    ['Crashed', 'Degraded', []],
    ['Crashed', 'Healthy', []],
    [undefined, 'Healthy', []],
  ])('that changed from %s to %s mentions %j', (from, to, mentions) => {
    const file = rulesFile(["severity: critical, notify: {mention: '<!here>'}"], STATUSES);
    expect(readMrkdwn(only(render([aChange({from, to})], file)).body).mentions).toEqual(mentions);
  });

  test('has the text of the rule, with the values below', () => {
    const text =
      'CPU of *{{ change.title }}* is at {{ after.properties.cpuUtil }} % (was {{ before.properties.cpuUtil }})';
    const file = rulesFile([`property: cpuUtil, above: 80, severity: warning, notify: {text: "${text}"}`]);
    const {text: lockScreen, body} = only(
      render([aChange({property: 'cpuUtil', from: 70, to: 91, title: 'Orders'})], file),
    );
    expect(lockScreen).toBe('Warning: CPU of Orders is at 91 % (was 70)');
    expect(body.split('\n').slice(0, 4)).toEqual([
      '🟠 *WARNING* · *Orders*',
      'CPU of *Orders* is at 91 % (was 70)',
      '',
      '*Change:* `cpuUtil`: `70` → `91` (threshold: 80 or more)',
    ]);
  });

  test.each<[string, readonly string[], number]>([
    ['in the text of the rule', ['notify: {text: "it went {{ change.from }} → {{ change.to }}"}'], 1],
    ['in the words of a text', ['notify: {text: "from {{ change.from }} to {{ change.to }}"}'], 1],
    ['below a text without it', ['notify: {text: "it is bad"}'], 1],
    ['below a text, next to a rule without one', ['notify: {text: "it is bad"}', 'notify: true'], 1],
    ['below two texts', ['notify: {text: "it is bad"}', 'notify: {text: "it is worse"}'], 1],
  ])('has its transition once: %s', (_name, rules, times) => {
    const {body} = only(render([aChange()], rulesFile(rules)));
    expect(body.match(/Healthy\W+(→|to)\W+Degraded/g)).toHaveLength(times);
  });

  test.each([
    ['warning', '🟠 *WARNING*'],
    ['info', '🔵 *INFO*'],
  ])('of severity %s starts with %s', (severity, head) => {
    expect(only(render([aChange()], rulesFile([`severity: ${severity}, notify: true`]))).body).toMatch(head);
  });

  test.each([
    {
      name: 'set for the first time',
      change: aChange({from: undefined, to: 'Degraded'}),
      line: '`healthStatus`: _not set_ → `Degraded`',
    },
    {name: 'null', change: aChange({from: 'Healthy', to: null}), line: '`healthStatus`: `Healthy` → _not set_'},
    {name: 'emptied', change: aChange({from: 'Healthy', to: ''}), line: '`healthStatus`: `Healthy` → `""`'},
    {
      name: 'an object',
      change: aChange({from: 'Healthy', to: {a: ['<b>']}}),
      line: '`healthStatus`: `Healthy` → `{"a":["&lt;b&gt;"]}`',
    },
    {name: 'false', change: aChange({from: true, to: false}), line: '`healthStatus`: `true` → `false`'},
  ])('of a value that is $name has its line', ({change, line}) => {
    expect(only(render([change])).body.split('\n')).toContain(line);
  });

  test.each([
    ['above: 80', {from: 70, to: 85}, '`cpuUtil`: `70` → `85` (threshold: 80 or more)'],
    ['below: 20', {from: 70, to: 5}, '`cpuUtil`: `70` → `5` (threshold: 20 or less)'],
  ])('past the threshold %s shows the threshold', (edge, values, line) => {
    const file = rulesFile([`property: cpuUtil, ${edge}, notify: true`]);
    expect(only(render([aChange({property: 'cpuUtil', ...values})], file)).body.split('\n')).toContain(line);
  });

  test.each([
    {action: 'CREATE', word: 'created', happened: ['The entity was created', '`healthStatus`: _not set_ → `Degraded`']},
    {action: 'DELETE', word: 'deleted', happened: ['The entity was deleted', '`healthStatus`: `Healthy` → _not set_']},
    {action: 'TIMER_EXPIRED', word: 'timer-expired', happened: ['The timer healthStatus expired']},
  ] as const)('of a $action shows what happened to the entity', ({action, word, happened}) => {
    const file = rulesFile([`property: healthStatus, on: ${word}, notify: true`]);
    const {text, body} = only(render([aChange({action})], file));
    expect(body.split('\n').slice(1, 1 + happened.length)).toEqual(happened);
    expect(text).toContain(happened[0]?.slice(1));
  });

  test('matched without a property shows what happened to the entity', () => {
    const {body} = only(render([aChange({action: 'DELETE'})], rulesFile(['on: deleted, notify: true'])));
    expect(body.split('\n')[1]).toBe('The entity was deleted');
  });

  test('that several rules match is one message with the worst severity, and each mention and runbook once', () => {
    const rules = [
      "severity: warning, notify: {mention: '<!here>', runbook: 'https://example.com/1'}",
      "severity: critical, notify: {mention: '<!here> <@U1>', runbook: 'https://example.com/2'}",
      "property: cpuUtil, above: 80, notify: {mention: '<@U1>', runbook: 'https://example.com/1'}",
    ];
    const change = aChange({
      before: {properties: {healthStatus: 'Healthy', cpuUtil: 5}, relations: {}},
      after: {properties: {healthStatus: 'Degraded', cpuUtil: 90}, relations: {}},
    });
    const {body} = only(render([change], rulesFile(rules)));
    expect(body.split('\n')[0]).toBe('🔴 *CRITICAL* · *Notification Service Production* <!here> <@U1>');
    expect(readMrkdwn(body).mentions).toEqual(['<!here>', '<@U1>']);
    expect(readMrkdwn(body).links.filter(url => /\/\d$/.test(url))).toEqual([
      'https://example.com/1',
      'https://example.com/2',
    ]);
    expect(body.match(/`healthStatus`: /g)).toHaveLength(1);
    expect(body).toContain('`cpuUtil`: `5` → `90`');
    expect(body).toContain('Rules `rule-1`, `rule-2`, `rule-3`');
  });

  test.each([
    ['run: fix.sh', 'running `fix.sh`, result follows'],
    ['job: scale', 'handed to the job `scale`'],
  ])('with a remediation (%s) shows what is started', (remediate, words) => {
    const {body} = only(render([aChange()], rulesFile([`notify: true, remediate: {${remediate}}`])));
    expect(body.split('\n')).toContain(`*Remediation:* ${words}`);
  });

  test.each([
    [{byPort: true}, 'UI', ['*By:* Port via UI']],
    [{userId: 'auth0|1'}, 'UI', ['*By:* auth0|1 via UI']],
    [{userId: 'auth0|1'}, '', ['*By:* auth0|1']],
    [{}, 'UI', ['*Via:* UI']],
    [{}, '', []],
  ])('by %j from %j shows %j', (by, origin, expected) => {
    const {body} = only(render([{...aChange({by}), origin}]));
    expect(body.split('\n').filter(line => /^\*(By|Via):/.test(line))).toEqual(expected);
    expect(body).not.toContain('unknown');
  });

  test.each([
    [{}, /\|2026-11-20T12:28:18.477Z>$/],
    [{byPort: true}, /\|2026-11-20T12:28:18.477Z> by Port$/],
  ])('by %j, among several, has the time and the person on one line', (by, line) => {
    const {body} = only(render([aChange({by}), aChange({by, entity: 'other'})]));
    expect(body.split('\n').filter(one => line.test(one))).toHaveLength(2);
  });

  test('without a title has its identifier as the name', () => {
    expect(only(render([aChange({title: '\u202e'})])).body).toContain('*notification-service-prod*');
  });

  test('with an identifier that is too long for a URL has no broken link', () => {
    const {body} = only(render([aChange({entity: '/'.repeat(1000)})]));
    expect(readMrkdwn(body).links).toEqual([RUN_URL]);
  });

  test('has at most six links from the entity, and always the link to the run', () => {
    const urls = Object.fromEntries(
      Array.from({length: 20}, (_, i) => [`a${i}Url`, `https://example.com/${'x'.repeat(900)}${i}`]),
    );
    const {body} = only(render([aChange({properties: urls})]));
    const {links} = readMrkdwn(body);
    expect(links).toContain(RUN_URL);
    expect(links.length).toBeLessThanOrEqual(8);
  });
});

describe('several changes', () => {
  const many = (n: number) =>
    Array.from({length: n}, (_, index) => aChange({entity: `service-${index}`, title: `Service ${index}`}));

  test.each([2, 5, 8])('%d are one message with a section for each', n => {
    const {text, body, message} = only(render(many(n)));
    expect(text.startsWith(`${n} changes in your catalog; first: Info: Service 0 `)).toBe(true);
    expect(body).toContain(`*${n} changes*`);
    expect(body.match(/`Healthy` → `Degraded`/g)).toHaveLength(n);
    expect(body).not.toContain('more');
    expect(message.blocks).toHaveLength(n + 2);
  });

  test('with texts that are too long for one message are shown as far as they fit, and the rest is counted', () => {
    const long = (n: number) =>
      aChange({entity: `e${n}`, title: '"'.repeat(150), from: `"${'"'.repeat(500)}`, to: '"', properties: {}});
    const changes = Array.from({length: 8}, (_, n) => long(n));
    const text = Array.from({length: 9}, (_, n) => `{{ before.properties.healthStatus }}${n}`).join(' ');
    const {body} = only(render(changes, rulesFile([`notify: {text: '${text}'}`])));
    const shown = body.match(/INFO\* · \*<https/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(1);
    expect(body).toContain(`… and ${8 - shown} more change`);
  });

  test('are sorted from the worst to the best', () => {
    const file = rulesFile(
      ['to: Crashed, severity: critical, notify: true', 'severity: warning, notify: true'],
      STATUSES,
    );
    const {text, body} = only(
      render(
        [
          aChange({entity: 'a', title: 'Better', from: 'Degraded', to: 'Healthy'}),
          aChange({entity: 'b', title: 'Bad', from: 'Healthy', to: 'Degraded'}),
          aChange({entity: 'c', title: 'Worst', from: 'Healthy', to: 'Crashed'}),
        ],
        file,
      ),
    );
    expect(body.match(/(🔴|🟠|🟢) \*[A-Z]+\*/gu)).toEqual([
      '🔴 *CRITICAL*',
      '🔴 *CRITICAL*',
      '🟠 *WARNING*',
      '🟢 *RECOVERED*',
    ]);
    expect(text).toBe(
      '3 changes in your catalog: 🔴 1 critical · 🟠 1 warning · 🟢 1 recovered; first: Critical: Worst (deploymentConfig): healthStatus Healthy → Crashed, by auth0|0123456789abcdef01234567',
    );
  });

  test('that all recovered start with RECOVERED', () => {
    const changes = many(2).map(({entity}) => aChange({entity, from: 'Crashed', to: 'Healthy'}));
    const file = rulesFile(["severity: critical, notify: {mention: '<!here>'}"], STATUSES);
    const {body} = only(render(changes, file));
    expect(body.startsWith('🟢 *RECOVERED* · *2 changes*\n\n')).toBe(true);
  });

  test('of one entity are shown separately', () => {
    const changes = [aChange({from: 'Healthy', to: 'Degraded'}), aChange({from: 'Degraded', to: 'Crashed'})];
    const {body} = only(render(changes));
    expect(body).toContain('`Healthy` → `Degraded`');
    expect(body).toContain('`Degraded` → `Crashed`');
  });

  test('with too many mentions for a text keep the whole mentions that fit', () => {
    const rules = Array.from({length: 200}, (_, i) => `notify: {mention: '<@U${String(i).padStart(9, '0')}>'}`);
    const {body} = only(render(many(2), rulesFile(rules)));
    const {length} = readMrkdwn(body).mentions;
    expect(length).toBeGreaterThan(50);
    expect(body).toContain(`… and ${200 - length} more\n`);
  });

  test('link to each runbook once, with the name of its rule', () => {
    const rules = ['a', 'a', 'b'].map(path => `notify: {runbook: 'https://example.com/${path}'}`);
    const {body} = only(render(many(2), rulesFile(rules)));
    expect(body.split('\n').at(-1)).toBe(
      `Rules \`rule-1\`, \`rule-2\`, \`rule-3\`  ·  📕 <https://example.com/a|rule-1> 📕 <https://example.com/b|rule-3>  ·  <${RUN_URL}|This run>`,
    );
  });
});

describe('hostile catalog text', () => {
  /** Expects only text, our own links, and the mentions of the rule if something worsened. */
  function expectHarmless({matches}: Notification, message: SlackMessage, statuses: MessageContext['statuses']): void {
    expect(blockKitProblems(JSON.parse(JSON.stringify(message)))).toEqual([]);
    const wanted = new Set(
      entriesOf(matches, contextOf(statuses)).flatMap(entry =>
        entry.matches.flatMap(match =>
          isWorsening(match, statuses) ? (match.rule.notify?.mention?.split(' ') ?? []) : [],
        ),
      ),
    );
    for (const text of [message.text, ...messageText(message).split('\n\n')]) {
      const {links, broken} = readMrkdwn(text);
      expect(broken).toEqual([]);
      expect(links.filter(url => !/^https?:$/.test(new URL(url).protocol) || new URL(url).username !== '')).toEqual([]);
    }
    expect(readMrkdwn(message.text)).toEqual({mentions: [], links: [], broken: []});
    expect(readMrkdwn(messageText(message)).mentions).toEqual([...wanted]);
    expect(readMrkdwn(messageText(message)).links).toContain(RUN_URL);
  }

  const eager = parseRules(EAGER_RULES, 'rules.yml');

  function expectAllHarmless(changes: readonly Change[]): void {
    const {rules, plan} = planFor(eager, changes);
    expect(plan.notifications.length).toBeGreaterThan(0);
    for (const notification of plan.notifications)
      expectHarmless(notification, renderNotification(notification, contextOf(rules.statuses)), rules.statuses);
  }

  test('of one change is only text, in a message that Slack accepts', () => {
    fc.assert(
      fc.property(hostileChanges(), change => expectAllHarmless([change])),
      {numRuns: runs(500)},
    );
  });

  test('of several changes is only text, in one message that Slack accepts', () => {
    const several = fc.array(hostileChanges(), {minLength: 2, maxLength: 8});
    fc.assert(fc.property(several, expectAllHarmless), {numRuns: runs(150)});
  });

  test('of many changes is only text, in a digest that Slack accepts', () => {
    const many = fc.array(hostileChanges(), {minLength: 9, maxLength: 40});
    fc.assert(fc.property(many, expectAllHarmless), {numRuns: runs(60)});
  });
});
