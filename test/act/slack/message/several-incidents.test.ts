/** Messages about several incidents: a few, and a digest. */
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {renderNotification} from '../../../../src/act/slack/message/notification.ts';
import type {NotifyReaction, Reaction} from '../../../../src/memory/reactions.ts';
import {parseRules} from '../../../../src/rules/parse-rules.ts';
import {readMrkdwn} from '../../../helpers/servers/slack-server.ts';
import {blockKitProblems} from '../../../helpers/values/block-kit.ts';
import {aChange, jsonValues, texts} from '../../../helpers/values/changes.ts';
import {planFor, rulesFile} from '../../../helpers/values/plans.ts';
import {runs} from '../../../helpers/values/runs.ts';
import {minutes, Simulation} from '../../../memory/a-simulation.ts';
import {contextAt, linesIn, render} from '../incident/render-reactions.ts';

const RULE =
  "to: [Degraded, Crashed], severity: critical, notify: {mention: '<!here>', repeat: 60m}, remediate: {run: x/scale-up.sh, attempts: 3}";

/** The reactions of one run: new incidents, recoveries and reminders. */
function mixed({opened, recovered, reminded}: {opened: number; recovered: number; reminded: number}): Reaction[] {
  const simulation = new Simulation(RULE);
  const named = (kind: string, n: number) => Array.from({length: n}, (_, index) => `${kind}-${index}`);
  const changes = (minute: number, entities: readonly string[], from: string, to: string) =>
    simulation.changes(
      minute,
      entities.map(entity => simulation.aChange(minute, {entity, title: entity, from, to})),
    );
  changes(0, named('slow', reminded), 'Healthy', 'Degraded');
  changes(46, named('quick', recovered), 'Healthy', 'Crashed');
  const before = simulation.reactions.length;
  simulation.changes(60, [
    ...named('quick', recovered).map(entity =>
      simulation.aChange(60, {entity, title: entity, from: 'Crashed', to: 'Healthy'}),
    ),
    ...named('new', opened).map(entity =>
      simulation.aChange(60, {entity, title: entity, from: 'Healthy', to: 'Crashed'}),
    ),
  ]);
  return simulation.reactions.slice(before);
}

/** A line with a shortened link to the form of an incident. */
const withoutForm = (line: string) => line.replace(/<[^|>]*\/issues\/new\?[^|>]*\|/g, '<form|');

describe('a few incidents', () => {
  test('are counted and sorted, the worst first', () => {
    const lines = linesIn(render(mixed({opened: 1, recovered: 1, reminded: 1}), minutes(60))).map(withoutForm);
    expect(lines.slice(0, -1)).toEqual([
      '🔴 *CRITICAL* · *3 events* <!here>',
      '🔴 2 critical · 🟢 1 recovered',
      '1 new · 1 still open · 1 recovered',
      '🔴 *CRITICAL* · *<https://app.port.io/bEntity?identifier=new-0|new-0>*',
      '`p`: 🟢 `Healthy` → 🔴 `Crashed`',
      '13:00 by auth0|0123456789abcdef01234567 · running `x/scale-up.sh` (attempt 1 of 3), result follows · incident <form|JKAREC>',
      '🔴 *STILL OPEN* · *<https://app.port.io/bEntity?identifier=slow-0|slow-0>*',
      'Open for 1 h.',
      '`p`: 🟠 `Degraded`',
      '12:00 · incident <form|QBGGJH>',
      '🟢 *RECOVERED* · *<https://app.port.io/bEntity?identifier=quick-0|quick-0>*',
      'Recovered after 14 min, 14 min after `scale-up.sh`.',
      '`p`: 🔴 `Crashed` → 🟢 `Healthy`',
      '13:00 by auth0|0123456789abcdef01234567',
    ]);
  });

  test('start with their kind if they are all of one kind', () => {
    const [first] = linesIn(render(mixed({opened: 0, recovered: 0, reminded: 3}), minutes(60)));
    expect(first).toBe('🔴 *STILL OPEN* · *3 events* <!here>');
  });

  test('of one change show what ends and what begins separately', () => {
    const rule = (name: string, value: string) =>
      `  - {name: ${name}, blueprint: b, property: p, to: ${value}, severity: critical, notify: true}`;
    const file = ['version: 1', 'rules:', rule('crashed', 'Crashed'), rule('lost', 'Lost')].join('\n');
    const simulation = new Simulation(parseRules(file, 'rules.yml'));
    simulation.change(0, {from: 'Healthy', to: 'Crashed'});
    const before = simulation.reactions.length;
    simulation.change(5, {from: 'Crashed', to: 'Lost'});
    const lines = linesIn(render(simulation.reactions.slice(before), minutes(5)));
    const heads = lines.filter(line => / · \*<http/.test(line)).map(line => line.split(' · ')[0]);
    expect(heads).toEqual(['🔴 *CRITICAL*', '🟢 *RECOVERED*']);
  });
});

describe('a digest', () => {
  test('has a line for each incident', () => {
    const lines = linesIn(render(mixed({opened: 3, recovered: 3, reminded: 3}), minutes(60)));
    expect(lines.slice(0, 4)).toEqual([
      '🔴 *CRITICAL* · *9 events* of 9 entities <!here>',
      '🔴 6 critical · 🟢 3 recovered',
      '3 new · 3 still open · 3 recovered',
      '`p` is now 🔴 `Crashed` ×3 · 🟠 `Degraded` ×3 · 🟢 `Healthy` ×3',
    ]);
    expect(lines).toContain('Remediation: running 3 scripts, results follow');
    const line = (name: string) =>
      withoutForm(lines.find(one => one.includes(`|${name}>`)) ?? '').replace(/<[^|]*\|([^>]*)>/, '$1');
    expect(line('new-0')).toBe('🔴 *new-0* `p`: 🟢 `Healthy` → 🔴 `Crashed` · <form|JKAREC>');
    expect(line('slow-0')).toBe('🔴 *slow-0* _still open_: open for 1 h · `p`: 🟠 `Degraded` · <form|QBGGJH>');
    expect(line('quick-0')).toBe(
      '🟢 *quick-0* recovered after 14 min, 14 min after `scale-up.sh` · `p`: 🔴 `Crashed` → 🟢 `Healthy`',
    );
  });

  test('counts the thresholds to which values returned', () => {
    const simulation = new Simulation('above: 80, clear: 70');
    const all = Array.from({length: 9}, (_, index) => `e${index}`);
    simulation.changes(
      0,
      all.map(entity => simulation.aChange(0, {entity, from: 1, to: 90})),
    );
    const before = simulation.reactions.length;
    simulation.changes(
      5,
      all.map(entity => simulation.aChange(5, {entity, from: 90, to: 60})),
    );
    expect(linesIn(render(simulation.reactions.slice(before), minutes(5)))).toContain('`p` is now 70 or less ×9');
  });

  test('adds up for any mix of incidents', () => {
    const amount = fc.integer({min: 0, max: 30});
    fc.assert(
      fc.property(amount, amount, fc.integer({min: 9, max: 30}), (opened, recovered, reminded) => {
        const lines = linesIn(render(mixed({opened, recovered, reminded}), minutes(60)));
        const total = opened + recovered + reminded;
        const sum = (line = '', pattern = /(\d+)/g) =>
          [...line.matchAll(pattern)].reduce((all, [, n]) => all + Number(n), 0);
        expect(lines[0]).toContain(`*${total} events* of ${total} entities`);
        expect(sum(lines[1]?.replace(/^\D*/, ''))).toBe(lines[1]?.startsWith('🔴 ') ? total : 0);
        expect(
          sum(
            lines.find(line => line.startsWith('`p` is now')),
            /×(\d+)/g,
          ),
        ).toBe(total);
        const kinds = lines.find(line => /^\d+ (new|still open|recovered)/.test(line));
        expect(kinds === undefined ? total : sum(kinds)).toBe(total);
      }),
      {numRuns: runs(30)},
    );
  });
});

test.each([1, 2, 9])('a message about %d incidents without the memory has one note about it', n => {
  const changes = Array.from({length: n}, (_, index) => aChange({entity: `e${index}`}));
  const {plan, rules} = planFor(rulesFile(), changes);
  const matches = plan.notifications.flatMap(one => one.matches);
  const remembered = {notes: [], unavailable: 'GitHub does not answer'};
  const forgetful = matches.map(match => ({...match, remembered}));
  const context = {...contextAt(minutes(0)), statuses: rules.statuses};
  const lines = linesIn(renderNotification({destination: 'default', matches: forgetful}, context));
  expect(lines.filter(line => /Not remembered: .*may be a repeat/.test(line))).toHaveLength(1);
});

test('Slack accepts the message for any text of the catalog, and it has only the mentions of the rules', () => {
  const kinds = ['firing', 'reopened', 'update', 'recovered', 'reminder', 'escalation', 'flapping', 'stable'] as const;
  const others = ['not-recovered', 'gave-up', 'deleted', 'outcome-unknown'] as const;
  const simulation = new Simulation(RULE);
  simulation.change(0, {from: 'Healthy', to: 'Crashed'});
  const notice = simulation.reactions.find((one): one is NotifyReaction => one.kind === 'notify');
  if (notice?.incident === undefined) throw new Error('no notification');
  const incident = notice.incident;
  const reactions = fc
    .record({
      topic: fc.constantFrom(...kinds, ...others),
      byClock: fc.boolean(),
      title: texts,
      entity: texts,
      id: texts,
      value: jsonValues,
      firstRun: texts,
      seconds: fc.nat(),
      inhibitedCount: fc.option(fc.nat(), {nil: 0}),
    })
    .map(({topic, byClock, title, entity, id, value, firstRun, seconds, inhibitedCount}): NotifyReaction => {
      const change = simulation.aChange(1, {title, entity: entity || 'e', from: value, to: 'Crashed'});
      return {
        ...notice,
        topic,
        byClock,
        change,
        seconds,
        inhibitedCount,
        incident: {...incident, id, value, firstRun, title},
      };
    });
  fc.assert(
    fc.property(fc.array(reactions, {minLength: 1, maxLength: 12}), all => {
      const message = render(all, minutes(1));
      expect(blockKitProblems(message)).toEqual([]);
      for (const line of linesIn(message)) {
        const {mentions, broken} = readMrkdwn(line);
        expect(mentions.filter(mention => mention !== '<!here>')).toEqual([]);
        expect(broken).toEqual([]);
      }
    }),
    {numRuns: runs(200)},
  );
});
