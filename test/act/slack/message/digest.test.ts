import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {messageText, type SlackMessage} from '../../../../src/act/slack/block-kit/blocks.ts';
import {renderDigest} from '../../../../src/act/slack/message/digest.ts';
import {entriesOf} from '../../../../src/act/slack/message/entry.ts';
import type {Change} from '../../../../src/change/change.ts';
import type {Match} from '../../../../src/decide/plan.ts';
import {readMrkdwn} from '../../../helpers/servers/slack-server.ts';
import {blockKitProblems} from '../../../helpers/values/block-kit.ts';
import {aChange} from '../../../helpers/values/changes.ts';
import {planFor, rulesFile} from '../../../helpers/values/plans.ts';
import {runs} from '../../../helpers/values/runs.ts';

const STATUSES = 'statuses: {healthStatus: [Healthy, Degraded, Crashed]}';
const RUN_URL = 'https://github.com/acme/ops/actions/runs/42';
const RULES = rulesFile(
  [
    "to: Crashed, severity: critical, notify: {mention: '<!here>', runbook: 'https://example.com/crashed'}, remediate: {run: fix.sh}",
    "to: [Healthy, Degraded, Lost], severity: warning, notify: {mention: '<@U1> <!here>'}",
    'property: cpuUtil, above: 80, notify: true, remediate: {job: scale}',
    'on: deleted, notify: true',
  ],
  STATUSES,
);

interface Digest {
  readonly text: string;
  readonly lines: readonly string[];
  readonly message: SlackMessage;
}

function digest(changes: readonly Change[], file = RULES): Digest {
  const {rules, plan} = planFor(file, changes);
  const matches = plan.notifications.flatMap((notification): readonly Match[] => notification.matches);
  const context = {statuses: rules.statuses, runUrl: RUN_URL, appUrl: 'https://app.port.io'};
  const message = renderDigest(entriesOf(matches, context), context);
  expect(blockKitProblems(message)).toEqual([]);
  const body = messageText(message);
  expect(readMrkdwn(body).broken).toEqual([]);
  return {text: message.text, lines: body.split('\n').filter(line => line !== ''), message};
}

const health = (n: number, from: unknown, to: unknown) =>
  aChange({entity: `service-${n}`, title: `Service ${n}`, from, to});
const cpu = (n: number, to: number) =>
  aChange({entity: `db-${n}`, title: `Database ${n}`, property: 'cpuUtil', from: 50, to});
const range = <T>(n: number, make: (index: number) => T) => Array.from({length: n}, (_, index) => make(index));
const link = (n: number) => `<https://app.port.io/deploymentConfigEntity?identifier=service-${n}|Service ${n}>`;

test('shows the total and the counts, the worst first, and links to the rest', () => {
  const changes = [
    health(0, 'Crashed', 'Healthy'),
    health(1, 'Healthy', 'Degraded'),
    health(2, 'Healthy', 'Crashed'),
    health(3, 'Crashed', 'Degraded'),
    cpu(4, 91),
    health(1, 'Degraded', 'Crashed'),
    health(5, 'Healthy', 'Lost'),
    aChange({entity: 'service-6', title: 'Service 6', action: 'DELETE', from: 'Healthy'}),
  ];
  const {text, lines} = digest(changes);
  expect(text).toMatch(
    /^8 changes in your catalog: 🔴 2 critical · 🟠 2 warning · 🔽 1 worsened · 🔵 1 info · 🔼 1 improved · 🟢 1 recovered; first: Critical: Service /u,
  );
  expect(lines).toEqual([
    '🔴 *CRITICAL* · *8 changes* of 7 entities <!here> <@U1>',
    '🔴 2 critical · 🟠 2 warning · 🔽 1 worsened · 🔵 1 info · 🔼 1 improved · 🟢 1 recovered',
    '`healthStatus` is now 🔴 `Crashed` ×2 · 🟡 `Degraded` ×2 · 🟢 `Healthy` ×1 · `Lost` ×1'.replaceAll('🟡', '🟠'),
    '`cpuUtil` is now 80 or more ×1',
    'Entities deleted ×1',
    'Remediation: running 2 scripts, results follow; 1 handed to later jobs',
    `🔴 *${link(2)}* \`healthStatus\`: 🟢 \`Healthy\` → 🔴 \`Crashed\``,
    `🔴 *${link(1)}* \`healthStatus\`: 🟠 \`Degraded\` → 🔴 \`Crashed\` · 2 changes`,
    `🟠 *${link(5)}* \`healthStatus\`: 🟢 \`Healthy\` → \`Lost\``,
    '🔽 *<https://app.port.io/deploymentConfigEntity?identifier=db-4|Database 4>* `cpuUtil`: `50` → `91` (threshold: 80 or more)',
    `🔵 *${link(6)}* the entity was deleted`,
    `🔼 *${link(3)}* \`healthStatus\`: 🔴 \`Crashed\` → 🟠 \`Degraded\``,
    `🟢 *${link(0)}* \`healthStatus\`: 🔴 \`Crashed\` → 🟢 \`Healthy\``,
    `Rules \`rule-2\`, \`rule-1\`, \`rule-3\`, \`rule-4\`  ·  📕 <https://example.com/crashed|rule-1>  ·  <${RUN_URL}|This run>`.replace(
      '`rule-2`, `rule-1`',
      '`rule-1`, `rule-2`',
    ),
  ]);
});

describe('an entity that changed several times', () => {
  test('is one line with its current value', () => {
    const {lines} = digest([
      health(1, 'Healthy', 'Crashed'),
      health(1, 'Crashed', 'Healthy'),
      health(2, 'Healthy', 'Degraded'),
    ]);
    expect(lines.filter(line => line.includes('Service'))).toEqual([
      `🟠 *${link(2)}* \`healthStatus\`: 🟢 \`Healthy\` → 🟠 \`Degraded\``,
      `🟢 *${link(1)}* \`healthStatus\`: 🔴 \`Crashed\` → 🟢 \`Healthy\` · 2 changes`,
    ]);
  });

  test('is not mixed up with an entity of the same name in another blueprint', () => {
    const rules = rulesFile(['notify: true', 'blueprint: service, notify: true']);
    const {lines} = digest([aChange({entity: 'a'}), aChange({entity: 'a', blueprint: 'service'})], rules);
    expect(lines[0]).toContain('*2 changes* of 2 entities');
  });
});

test.each([
  [20, undefined],
  [21, '… and 1 more entity: '],
  [500, '… and 480 more entities: '],
])('of %d entities 20 are shown and the rest is counted', (n, rest) => {
  const {lines} = digest(range(n, index => health(index, 'Healthy', 'Crashed')));
  expect(lines.filter(line => line.startsWith('🔴 *<'))).toHaveLength(20);
  expect(lines.find(line => line.startsWith('…'))).toBe(rest && `${rest}<${RUN_URL}|see the run's summary>`);
});

test('counts the changes of entities that are not shown', () => {
  const {lines} = digest(range(60, index => health(index % 30, 'Healthy', 'Crashed')));
  expect(lines).toContain(`… and 10 more entities with 20 changes: <${RUN_URL}|see the run's summary>`);
});

test('shows the text of a rule on one line, cut', () => {
  const text = `*{{ change.title }}* is\nnot <https://x.example/|well> ${'x'.repeat(300)}`;
  const rules = rulesFile([`notify: {text: ${JSON.stringify(text)}}`]);
  const {lines} = digest(
    range(9, index => health(index, 'Healthy', 'Crashed')),
    rules,
  );
  expect(lines.find(line => line.includes('is not well x'))).toMatch(
    /^🔵 \*<.*\|Service 0>\* Service 0 is not well x+…$/u,
  );
});

test('shows the first of several properties of an entity and counts the others', () => {
  const change = aChange({
    before: {properties: {healthStatus: 'Healthy', cpuUtil: 5}, relations: {}},
    after: {properties: {healthStatus: 'Crashed', cpuUtil: 90}, relations: {}},
  });
  expect(digest([change]).lines.at(-2)).toMatch(/`Healthy` → 🔴 `Crashed` and 1 more$/u);
});

test('counts a property that two rules watch once, in the words of the first rule', () => {
  const rules = rulesFile(['property: cpuUtil, above: 80, notify: true', 'property: cpuUtil, above: 90, notify: true']);
  expect(digest([cpu(1, 95), cpu(2, 85)], rules).lines[2]).toBe('`cpuUtil` is now 80 or more ×2');
});

test('names five of many values of a property and counts the rest', () => {
  const rules = rulesFile(range(6, index => `property: p${index}, notify: true`));
  const values = range(40, index => aChange({entity: `e${index}`, property: 'p0', from: 'x', to: `v${index % 8}`}));
  const others = range(5, index => aChange({entity: `f${index}`, property: `p${index + 1}`}));
  const {lines} = digest([...values, ...others], rules);
  expect(lines[2]).toBe('`p0` is now `v0` ×5 · `v1` ×5 · `v2` ×5 · `v3` ×5 · `v4` ×5 · other ×15');
  expect(lines[6]).toBe('… and 2 more lines');
});

describe('a digest of any changes', () => {
  const status = fc.constantFrom('Healthy', 'Degraded', 'Crashed', 'Lost', null);
  const change = fc.oneof(
    fc.tuple(fc.nat(40), status, status).map(([n, from, to]) => health(n, from, to)),
    fc.tuple(fc.nat(40), fc.integer({min: 81, max: 99})).map(([n, to]) => cpu(n, to)),
  );
  const sum = (numbers: Iterable<string[]>) => Array.from(numbers).reduce((total, [, n]) => total + Number(n), 0);

  test('has counts that add up', () => {
    fc.assert(
      fc.property(fc.array(change, {minLength: 1, maxLength: 500}), changes => {
        const matching = changes.filter(one => planFor(RULES, [one]).plan.notifications.length > 0);
        if (matching.length === 0) return;
        const {lines} = digest(matching);
        const [, total, entities] = /\*(\d+) changes?\* of (\d+) entit/.exec(lines[0] ?? '') ?? [];
        expect(Number(total)).toBe(matching.length);
        expect(Number(entities)).toBe(new Set(matching.map(({entity}) => entity)).size);
        expect(sum((lines[1] ?? '').matchAll(/(\d+) [a-z]+/g))).toBe(matching.length);
        const statuses = lines
          .filter(line => / is now |^Entities/.test(line))
          .flatMap(line => [...line.matchAll(/×(\d+)/g)]);
        expect(sum(statuses)).toBe(matching.length);
        const shown = lines.filter(line => line.includes('*<'));
        const rest = lines.find(line => line.startsWith('…'));
        const [, more = '0', , moreChanges = more] =
          /and (\d+) more entit(y|ies)(?: with (\d+) change)?/.exec(rest ?? '') ?? [];
        expect(shown.length + Number(more)).toBe(Number(entities));
        const counted = shown.reduce((all, line) => all + Number(/ · (\d+) changes$/.exec(line)?.[1] ?? 1), 0);
        expect(counted + Number(moreChanges)).toBe(matching.length);
      }),
      {numRuns: runs(60)},
    );
  });
});
