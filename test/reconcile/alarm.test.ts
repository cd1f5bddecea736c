import {expect, test} from '@jest/globals';
import type {SlackMessage} from '../../src/act/slack/block-kit/blocks.ts';
import type {Slack} from '../../src/act/slack/post/slack.ts';
import {raiseAlarm} from '../../src/reconcile/alarm.ts';
import {afterDispatch, type DispatchedChange} from '../../src/reconcile/undecided.ts';
import {aChange, type ChangeOptions} from '../helpers/values/a-change.ts';
import {blockKitProblems} from '../helpers/values/block-kit.ts';

const NOW = Date.parse('2026-11-28T12:00:00.000Z');

function overdue(options: ChangeOptions): DispatchedChange {
  const change = aChange({at: '2026-11-28T11:00:00.000Z', ...options});
  return {change, awaited: afterDispatch(change, undefined, NOW - 20 * 60_000)};
}

async function alarmAbout(
  list: readonly DispatchedChange[],
  partitions: readonly string[] = ['3b'],
): Promise<SlackMessage> {
  let sent: SlackMessage | undefined;
  const slack: Slack = {
    send: async (_, message) => {
      sent = message;
      return undefined;
    },
    edit: async () => {},
  };
  const facts = {overdue: list, partitions, nowMs: NOW, runsUrl: 'https://github.com/acme/ops/actions'};
  expect(await raiseAlarm(facts, {webhook: 'https://hooks.slack.com/x'}, slack)).toBeUndefined();
  if (sent === undefined) throw new Error('nothing was sent');
  return sent;
}

test('names the changes, their waiting time and where to look', async () => {
  const message = await alarmAbout([overdue({entity: 'checkout-prod'})]);
  expect(message.text).toBe('1 change not decided for 20 min: checkout-prod');
  expect(JSON.stringify(message.blocks)).toMatch(/checkout-prod: healthStatus Healthy → Degraded.*dispatched 1 time/);
  expect(JSON.stringify(message.blocks)).toContain('https://github.com/acme/ops/actions');
});

test('reports that they could not be dispatched again', async () => {
  expect(JSON.stringify(await alarmAbout([overdue({})], []))).toContain('They could not be dispatched again.');
});

test('escapes catalog text and fits the message, for any number of changes', async () => {
  const hostile = '<!channel> `*_~ <https://evil.example|x>';
  const list = Array.from({length: 300}, (_, n) => overdue({entity: `${hostile}${n}`, to: hostile}));
  const message = await alarmAbout(list);
  expect(blockKitProblems(message)).toEqual([]);
  expect(JSON.stringify(message)).not.toMatch(/<!channel>|<https:\/\/evil/);
  expect(JSON.stringify(message.blocks)).toMatch(/and \d+ more/);
});
