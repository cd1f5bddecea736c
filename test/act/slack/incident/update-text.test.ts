/** The text of each message about an incident: alone, with a few others, and in a digest. */
import {describe, expect, test} from '@jest/globals';
import {parseRules} from '../../../../src/rules/parse-rules.ts';
import {readMrkdwn} from '../../../helpers/servers/slack-server.ts';
import {blockKitProblems} from '../../../helpers/values/block-kit.ts';
import {minutes, Simulation} from '../../../memory/a-simulation.ts';
import {linesIn, render} from './render-reactions.ts';

const RULE =
  "to: [Degraded, Crashed], severity: critical, notify: {mention: '<!here>', repeat: 60m, escalate: [{after: 30m, slack: on-call, mention: '<@U1>'}]}, " +
  'remediate: {run: .github/scale-up.sh, attempts: 2, cooldown: 15m, verify: 10m}';

type Step = (simulation: Simulation) => void;

const to =
  (minute: number, from: string, value: string): Step =>
  simulation =>
    simulation.change(minute, {from, to: value, title: 'Orders'});
const tick =
  (minute: number): Step =>
  simulation =>
    simulation.tick(minute);

const BEGIN = to(0, 'Healthy', 'Degraded');

/** The message that the last of the steps sends. */
function last(rule: string, minute: number, steps: readonly Step[]) {
  const simulation = new Simulation(rule);
  for (const step of steps.slice(0, -1)) step(simulation);
  const before = simulation.reactions.length;
  steps.at(-1)?.(simulation);
  const message = render(simulation.reactions.slice(before), minutes(minute));
  expect(blockKitProblems(message)).toEqual([]);
  const lines = linesIn(message);
  return {text: message.text, lines, mentions: readMrkdwn(lines.join('\n')).mentions};
}

const FLAPPING = 'above: 80, severity: warning, flapping: {changes: 3, within: 30m}, remediate: {run: x/close.sh}';
const flips = (n: number): Step[] =>
  Array.from(
    {length: n},
    (_, index) => simulation =>
      simulation.change(index, {from: index % 2 ? 90 : 1, to: index % 2 ? 1 : 90, title: 'Orders'}),
  );

describe('one message', () => {
  test.each<[kind: string, rule: string, minute: number, steps: Step[], head: string, says: string, text: string]>([
    ['firing', RULE, 0, [BEGIN], '🔴 *CRITICAL* · *Orders* <!here>', '', 'Critical: Orders (b): p Healthy → Degraded'],
    [
      'firing after `for`',
      "for: 5m, above: 80, notify: {mention: '<!here>'}",
      6,
      [simulation => simulation.change(0, {from: 1, to: 90, title: 'Orders'}), tick(6)],
      '🔽 *WORSENED* · *Orders* <!here>',
      'Unhealthy for 5 min.',
      'Worsened: Orders (b): unhealthy for 5 min, p 90',
    ],
    [
      'update',
      RULE,
      5,
      [BEGIN, to(5, 'Degraded', 'Crashed')],
      '🔴 *UPDATE* · *Orders* <!here>',
      'Another unhealthy value, open for 5 min.',
      'Update: Orders (b): another unhealthy value, open for 5 min, p Degraded → Crashed',
    ],
    [
      'an update for the better, without a mention',
      RULE,
      5,
      [to(0, 'Healthy', 'Crashed'), to(5, 'Crashed', 'Degraded')],
      '🔼 *UPDATE* · *Orders*',
      'Another unhealthy value, open for 5 min.',
      'Update: Orders (b): another unhealthy value, open for 5 min, p Crashed → Degraded',
    ],
    [
      'recovered',
      RULE,
      3,
      [BEGIN, to(3, 'Degraded', 'Healthy')],
      '🟢 *RECOVERED* · *Orders*',
      'Recovered after 3 min, 3 min after `scale-up.sh`.',
      'Recovered: Orders (b): after 3 min, 3 min after scale-up.sh, p Degraded → Healthy',
    ],
    [
      'recovered after the second attempt',
      RULE,
      17,
      [BEGIN, tick(10), tick(15), to(17, 'Degraded', 'Healthy')],
      '🟢 *RECOVERED* · *Orders*',
      'Recovered after 17 min, 2 min after `scale-up.sh` (attempt 2).',
      'Recovered: Orders (b): after 17 min, 2 min after scale-up.sh (attempt 2), p Degraded → Healthy',
    ],
    [
      'recovered without an attempt',
      'above: 80',
      240,
      [
        simulation => simulation.change(0, {from: 1, to: 90, title: 'Orders'}),
        simulation => simulation.change(240, {from: 90, to: 2, title: 'Orders'}),
      ],
      '🟢 *RECOVERED* · *Orders*',
      'Recovered after 4 h.',
      'Recovered: Orders (b): after 4 h, p 90 → 2',
    ],
    [
      'reopened',
      RULE,
      8,
      [BEGIN, to(3, 'Degraded', 'Healthy'), to(8, 'Healthy', 'Crashed')],
      '🔴 *REOPENED* · *Orders* <!here>',
      'Unhealthy again, 5 min after it was over.',
      'Reopened: Orders (b): unhealthy again, 5 min after it was over, p Healthy → Crashed',
    ],
    [
      'reminder',
      "to: Degraded, severity: critical, notify: {mention: '<!here>', repeat: 60m}",
      240,
      [BEGIN, tick(240)],
      '🔴 *STILL OPEN* · *Orders* <!here>',
      'Open for 4 h.',
      'Still open: Orders (b): open for 4 h, p Degraded',
    ],
    [
      'escalation',
      "to: Degraded, severity: critical, notify: {mention: '<!here>', escalate: [{after: 30m, slack: on-call, mention: '<@U1>'}]}",
      31,
      [BEGIN, tick(31)],
      '🔴 *ESCALATION* · *Orders* <@U1>',
      'Open for 31 min, and not acknowledged.',
      'Escalation: Orders (b): open for 31 min, and not acknowledged, p Degraded',
    ],
    [
      'not recovered',
      RULE,
      10,
      [BEGIN, tick(10)],
      '🔴 *DID NOT HELP* · *Orders*',
      '`scale-up.sh` did not help: still open 10 min after it.',
      'Did not help: Orders (b): scale-up.sh did not help: still open 10 min after it, p Degraded',
    ],
    [
      'gave up, with the failed last attempt in the same message',
      RULE,
      25,
      [BEGIN, tick(10), tick(15), tick(25)],
      '🔴 *GAVE UP* · *Orders* <!here>',
      'Gave up after 2 attempts of `scale-up.sh`, open for 25 min.',
      'Gave up: Orders (b): after 2 attempts of scale-up.sh, open for 25 min, scale-up.sh did not help: still open 10 min after it, p Degraded',
    ],
    [
      'deleted',
      RULE,
      4,
      [BEGIN, simulation => simulation.change(4, {action: 'DELETE', from: 'Degraded', title: 'Orders'})],
      '🔵 *DELETED* · *Orders*',
      'The entity was deleted, 4 min after it became unhealthy.',
      'Deleted: Orders (b): the entity was deleted, 4 min after it became unhealthy',
    ],
    [
      'flapping',
      FLAPPING,
      2,
      flips(3),
      '🟠 *FLAPPING* · *Orders*',
      'Flipped between healthy and unhealthy 3 times within 2 min.',
      'Flapping: Orders (b): flipped between healthy and unhealthy 3 times within 2 min, p 1 → 90',
    ],
    [
      'stable and over',
      FLAPPING,
      60,
      [...flips(20), tick(60)],
      '🟢 *STABLE AGAIN* · *Orders*',
      'Stable for 30 min after it flipped between healthy and unhealthy 20 times within 19 min: it is over.',
      'Stable again: Orders (b): stable for 30 min after it flipped between healthy and unhealthy 20 times within 19 min: it is over, p 1',
    ],
    [
      'stable, but still bad',
      FLAPPING,
      60,
      [...flips(5), tick(60)],
      '🟠 *STABLE AGAIN* · *Orders*',
      'Stable for 30 min after it flipped between healthy and unhealthy 5 times within 4 min: it is still unhealthy.',
      'Stable again: Orders (b): stable for 30 min after it flipped between healthy and unhealthy 5 times within 4 min: it is still unhealthy, p 90',
    ],
  ])('%s', (_kind, rule, minute, steps, head, says, text) => {
    const {lines, text: lockScreen} = last(rule, minute, steps);
    expect(lines[0]).toBe(head);
    if (says !== '') expect(lines[1]).toBe(says);
    expect(lockScreen.replace(/, by auth0.*/, '')).toBe(text.replaceAll('>', '&gt;'));
  });

  test('shows whether the script is started', () => {
    const remediation = (minute: number, ...steps: Step[]) =>
      last(RULE, minute, steps).lines.find(line => line.startsWith('*Remediation:*'));
    expect(remediation(0, BEGIN)).toBe('*Remediation:* running `.github/scale-up.sh` (attempt 1 of 2), result follows');
    expect(remediation(5, BEGIN, to(5, 'Degraded', 'Crashed'))).toBeUndefined();
    expect(remediation(10, BEGIN, tick(10))).toBe(
      '*Remediation:* not started during its cooldown; possible again at 12:15',
    );
    expect(remediation(8, BEGIN, to(3, 'Degraded', 'Healthy'), to(8, 'Healthy', 'Crashed'))).toBe(
      '*Remediation:* not started during its cooldown; possible again at 12:15',
    );
  });

  test('shows since when it is open and what was tried, and links to the first run', () => {
    const {lines} = last(RULE, 17, [BEGIN, tick(10), tick(15), to(17, 'Degraded', 'Healthy')]);
    expect(lines).toContain('*Was open:* 12:00 to 12:17');
    expect(lines).toContain('*Tried:* `scale-up.sh`, 2 of 2 attempts, the last at 12:15');
    expect(lines.join('\n')).toContain('<https://github.com/acme/ops/actions/runs/1|First run>');
    expect(lines.at(-1)).toMatch(/incident `[A-Z0-9]{6}`$/);
  });

  test.each(['<!channel>|x', '1/1/../../evil', 'https://evil.example/'])(
    'has no link to the first run if the memory contains %s',
    firstRun => {
      const simulation = new Simulation('above: 80');
      simulation.change(0, {from: 1, to: 90});
      const repeats = simulation.reactions.map(one => ({
        ...one,
        ...(one.incident === undefined ? {} : {incident: {...one.incident, firstRun}}),
      }));
      expect(linesIn(render(repeats, minutes(0))).join('\n')).not.toContain('First run');
    },
  );

  const FORM = 'issues/new?template=port-reactor.yml';

  test.each<[when: string, rule: string, minute: number, steps: Step[], hasForm: boolean]>([
    ['begins', RULE, 0, [BEGIN], true],
    ['has another unhealthy value', RULE, 5, [BEGIN, to(5, 'Degraded', 'Crashed')], true],
    ['is still open after its script', RULE, 10, [BEGIN, tick(10)], true],
    ['is over', RULE, 17, [BEGIN, to(17, 'Degraded', 'Healthy')], false],
  ])('of an incident that %s links to the form only while it is open', (...given) => {
    const [, rule, minute, steps, hasForm] = given;
    const {lines} = last(rule, minute, steps);
    const id = /incident `([A-Z0-9]{6})`$/.exec(lines.at(-1) ?? '')?.[1];
    const title = `Port+Reactor%3A+incident+${id}`;
    const link = `<https://github.com/acme/ops/${FORM}&amp;title=${title}&amp;incident=${id}|✋ Acknowledge or silence>`;
    expect(lines.join('\n').includes(link)).toBe(hasForm);
    expect(lines.join('\n').includes(FORM)).toBe(hasForm);
  });

  test('of several incidents of one entity has a link for each', () => {
    const rules = parseRules(
      `version: 1\nrules:\n${['a', 'b'].map(name => `  - {name: ${name}, blueprint: b, property: p, to: Degraded, notify: true}`).join('\n')}`,
      'rules.yml',
    );
    const simulation = new Simulation(rules);
    simulation.change(0, {from: 'Healthy', to: 'Degraded'});
    const text = linesIn(render(simulation.reactions, minutes(0))).join('\n');
    expect(text.match(/\|✋ Acknowledge or silence [A-Z0-9]{6}>/g)).toHaveLength(2);
  });

  test('notes that it may be a repeat', () => {
    const simulation = new Simulation('above: 80');
    simulation.change(0, {from: 1, to: 90});
    const again = simulation.reactions.map(one => (one.kind === 'notify' ? {...one, mayBeRepeat: true as const} : one));
    expect(linesIn(render(again, minutes(0)))).toContain('_This may be a repeat: an earlier run may have sent it._');
  });

  test('shows how many incidents it holds back, and when they are sent', () => {
    const held = (steps: readonly Step[], inhibitedCount = 12) => {
      const simulation = new Simulation(RULE);
      for (const step of steps) step(simulation);
      const [notice] = simulation.reactions.filter(({kind}) => kind === 'notify').slice(-1);
      if (notice?.kind !== 'notify') throw new Error('no notification');
      return linesIn(render([{...notice, inhibitedCount}], minutes(5))).find(line => line.startsWith('⏸️'));
    };
    expect(held([BEGIN])).toBe(
      '⏸️ Holds back 12 incidents that depend on it, which are sent only if they are still open after it.',
    );
    expect(held([BEGIN, to(5, 'Degraded', 'Healthy')])).toBe(
      '⏸️ Held back 12 incidents that depend on it, which are now sent if they are still open.',
    );
    expect(held([BEGIN], 1)).toBe(
      '⏸️ Holds back 1 incident that depends on it, which is sent only if it is still open after it.',
    );
    expect(held([BEGIN, to(5, 'Degraded', 'Healthy')], 1)).toBe(
      '⏸️ Held back 1 incident that depends on it, which is now sent if it is still open.',
    );
  });

  test('links to the run of a script that did not report', () => {
    const simulation = new Simulation(RULE);
    const [change] = [simulation.aChange(0, {from: 'Healthy', to: 'Degraded'})];
    simulation.changes(0, [change], '77/1');
    const [notice] = simulation.reactions.filter(({kind}) => kind === 'notify');
    if (notice?.kind !== 'notify') throw new Error('no notification');
    const {shard, key, rule, incident} = notice;
    const note = {kind: 'note', why: 'outcome-unknown', instead: 'remediation', run: '76/2'} as const;
    const common = {shard, key, rule, change, incident, byClock: false};
    const lines = linesIn(
      render(
        [
          {...notice, topic: 'outcome-unknown'},
          {...common, ...note},
        ],
        minutes(0),
      ),
    );
    expect(lines.slice(0, 3)).toEqual([
      '🔴 *OUTCOME UNKNOWN* · *Notification Service Production* <!here>',
      'The result of `scale-up.sh` is unknown.',
      'It is not started again. Check the run that started it, and the entity.',
    ]);
    expect(lines.join('\n')).toContain('<https://github.com/acme/ops/actions/runs/76|Run of the script>');
  });
});
