/** Incidents in a channel over many runs, which share only the memory. */
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {notify} from '../../../src/act/slack/notify.ts';
import {createSlack} from '../../../src/act/slack/post/slack.ts';
import {createMembersOf} from '../../../src/act/slack/thread-members.ts';
import {fetch} from '../../../src/base/http/fetch.ts';
import type {Change} from '../../../src/change/change.ts';
import {decide} from '../../../src/decide/evaluate.ts';
import {groupByDestination} from '../../../src/decide/plan.ts';
import {emptyShards, fold} from '../../../src/memory/fold/fold.ts';
import type {Shards} from '../../../src/memory/format/format.ts';
import {shardOf} from '../../../src/memory/format/keys.ts';
import {parseMemory} from '../../../src/memory/format/parse.ts';
import {serialize} from '../../../src/memory/format/serialize.ts';
import {type Settled, settle} from '../../../src/memory/settle.ts';
import type {Rules} from '../../../src/rules/rules.ts';
import {type SlackWebApi, startSlackWebApi} from '../../helpers/servers/slack-web-api.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {minutes, oneRule} from '../../memory/a-simulation.ts';
import {contextAt, matchesOf} from './incident/render-reactions.ts';

const CHANNEL = 'C0123ABCD';

let api: SlackWebApi;

beforeEach(async () => {
  api = await startSlackWebApi();
});
afterEach(() => api.close());

/** Each run is a separate process: only the text of the memory is kept between two runs. */
class Runs {
  readonly rules: Rules;
  #memory: readonly string[] = [];

  constructor(rule: string) {
    this.rules = oneRule(rule);
  }

  get shards(): Shards {
    if (this.#memory.length === 0) return emptyShards();
    return new Map(
      this.#memory.map((text, shard) => {
        const parsed = parseMemory(text, shard);
        if (parsed.kind !== 'memory') throw new Error(`the memory is ${parsed.kind}`);
        return [shard, parsed.memory];
      }),
    );
  }

  async run(minute: number, changes: readonly Change[] = []) {
    const {rules, shards: before} = this;
    const nowMs = minutes(minute);
    const decisions = decide(rules, changes);
    const {reactions, next} = fold({rules, decisions, shards: before, nowMs, run: `${minute + 1}/1`});
    const bot = {token: api.token, apiUrl: api.apiUrl};
    const deps = {
      destinations: new Map([['default', {channel: CHANNEL}]]),
      slack: createSlack({fetch, sleep: async () => {}, now: Date.now, bot}),
      now: Date.now,
      membersOf: createMembersOf({rules, before, after: next, reactions}),
    };
    const notifications = groupByDestination(matchesOf(reactions));
    const outcomes = (await Promise.all(notifications.map(one => notify(one, contextAt(nowMs), deps)))).flat();
    const settled = outcomes.map(({match, destination = '', status, posted}): Settled => {
      const {shard, key, incident} = (match as unknown as ReturnType<typeof matchesOf>[number]).remembered.notify;
      const at = Math.floor(nowMs / 1000);
      const done = status === 'done' ? 'done' : 'failed';
      return {kind: 'message', shard, key, incident: incident?.id, destination, status: done, at, ...posted};
    });
    const scripts = reactions.flatMap(({kind, shard, key}): Settled[] =>
      kind === 'run' ? [{kind: 'script', shard, key, status: 'done'}] : [],
    );
    const after = settle(next, [...settled, ...scripts]);
    this.#memory = [...after.values()].map(serialize);
    return outcomes;
  }
}

const a = (minute: number, from: string, to: string, entity = 'e') =>
  aChange({
    blueprint: 'b',
    entity,
    title: entity,
    property: 'p',
    from,
    to,
    at: new Date(minutes(minute)).toISOString(),
  });

const RULE =
  'to: [Degraded, Crashed], severity: critical, notify: {mention: "<!here>", repeat: 60m}, remediate: {run: x/fix.sh, cooldown: 15m}';

describe('one incident', () => {
  test('has one thread for later messages, and a recovery edits the first message and is shown in the channel', async () => {
    const runs = new Runs(RULE);
    await runs.run(0, [a(0, 'Healthy', 'Degraded')]);
    await runs.run(5, [a(5, 'Degraded', 'Crashed')]);
    await runs.run(61);
    expect(api.messages[0]?.body).toMatch(/^🔴 \*CRITICAL\* · \*e\* <!here>/);
    await runs.run(74, [a(74, 'Crashed', 'Healthy')]);
    const [first, ...replies] = api.messages;
    expect(replies.map(({body, isBroadcast}) => [body.split(' · ')[0], isBroadcast])).toEqual([
      ['🔴 *UPDATE*', false],
      ['🔴 *STILL OPEN*', false],
      ['🟢 *RECOVERED*', true],
    ]);
    expect(new Set(replies.map(({threadTs}) => threadTs))).toEqual(new Set([first?.ts]));
    expect(first?.body).toMatch(/^🟢 \*RECOVERED\* · \*e\*\nRecovered after 1 h 14 min, 1 h 14 min after `fix.sh`./);
    expect(first?.text).toMatch(/^Recovered: e/);
    expect(api.calls.slice(-2)).toEqual(['chat.update', 'chat.postMessage']);
  });

  test('is edited again if it reopens, without another mention', async () => {
    const runs = new Runs(RULE);
    await runs.run(0, [a(0, 'Healthy', 'Degraded')]);
    await runs.run(3, [a(3, 'Degraded', 'Healthy')]);
    await runs.run(8, [a(8, 'Healthy', 'Crashed')]);
    expect(api.messages[0]?.body).toMatch(/^🔴 \*REOPENED\* · \*e\*\n/);
    expect(api.messages.at(-1)).toMatchObject({threadTs: api.messages[0]?.ts, isBroadcast: true});
    expect(api.messages.at(-1)?.body).toContain('<!here>');
  });

  test('whose first message was deleted gets a new one, and later messages follow it', async () => {
    const runs = new Runs(RULE);
    await runs.run(0, [a(0, 'Healthy', 'Degraded')]);
    api.delete(api.messages[0]?.ts ?? '');
    await runs.run(3, [a(3, 'Degraded', 'Healthy')]);
    expect(api.calls.slice(1)).toEqual(['chat.update message_not_found', 'chat.postMessage']);
    await runs.run(8, [a(8, 'Healthy', 'Crashed')]);
    expect(api.messages).toHaveLength(2);
    expect(api.messages[1]?.threadTs).toBe(api.messages[0]?.ts);
  });

  test('whose thread was deleted continues in the channel', async () => {
    const runs = new Runs(RULE);
    await runs.run(0, [a(0, 'Healthy', 'Degraded')]);
    api.delete(api.messages[0]?.ts ?? '');
    await runs.run(5, [a(5, 'Degraded', 'Crashed')]);
    await runs.run(61);
    expect(api.messages.map(({threadTs}) => threadTs)).toEqual([undefined, api.messages[0]?.ts]);
  });

  test('whose first message could not be sent gets its thread with the next message', async () => {
    const runs = new Runs(RULE);
    api.replyNext({status: 200, body: {ok: false, error: 'is_archived'}});
    const [failed] = await runs.run(0, [a(0, 'Healthy', 'Degraded')]);
    expect(failed).toMatchObject({status: 'failed', detail: expect.stringContaining('the channel is archived')});
    await runs.run(61, [a(61, 'Degraded', 'Crashed')]);
    expect(api.messages.every(({threadTs}) => threadTs === undefined)).toBe(true);
  });

  test('whose first message cannot be edited still gets a reply, and the outcome has the reason', async () => {
    const runs = new Runs(RULE);
    await runs.run(0, [a(0, 'Healthy', 'Degraded')]);
    api.replyNext({status: 200, body: {ok: false, error: 'edit_window_closed'}});
    const [outcome] = await runs.run(3, [a(3, 'Degraded', 'Healthy')]);
    expect(outcome).toMatchObject({
      status: 'done',
      detail: expect.stringMatching(
        /^posted to default, but the first message could not be edited: .*"edit_window_closed"/,
      ),
    });
    expect(api.messages).toHaveLength(2);
  });
});

test('the first message of a flapping incident does not stay green', async () => {
  const runs = new Runs('to: [Degraded, Crashed], notify: true, flapping: {changes: 3, within: 30m}');
  const heads: (string | undefined)[] = [];
  for (const minute of [0, 1, 2, 3, 60]) {
    const [from = '', value = ''] = minute % 2 === 0 ? ['Healthy', 'Crashed'] : ['Crashed', 'Healthy'];
    await runs.run(minute, minute === 60 ? [] : [a(minute, from, value)]);
    heads.push(api.messages[0]?.body.split(' · ')[0]);
  }
  expect(heads).toEqual(['🔽 *WORSENED*', '🟢 *RECOVERED*', '🔽 *FLAPPING*', '🔽 *FLAPPING*', '🟢 *STABLE AGAIN*']);
  expect(api.messages.slice(1).map(({isBroadcast}) => isBroadcast)).toEqual([true, true, true]);
});

describe('incidents that share a message', () => {
  const names = (n: number) => Array.from({length: n}, (_, index) => `entity-${index}`);

  test.each([3, 12])('of %d: the line of each is edited if it recovers, and the color with the last one', async n => {
    const runs = new Runs(RULE);
    await runs.run(
      0,
      names(n).map(name => a(0, 'Healthy', 'Crashed', name)),
    );
    expect(api.messages).toHaveLength(1);
    const [first, ...rest] = names(n);
    await runs.run(5, [a(5, 'Crashed', 'Healthy', first)]);
    const edited = api.messages[0]?.body.split('\n') ?? [];
    expect(edited[0]).toBe(`🔴 *${n - 1} OF ${n} STILL OPEN*`);
    expect(edited.filter(line => line.startsWith('🔴 *<'))).toHaveLength(n - 1);
    expect(edited.filter(line => line.includes('/issues/new?template='))).toHaveLength(n - 1);
    expect(edited.find(line => line.includes('entity-0|'))).toMatch(
      /^🟢 .* recovered after 5 min · `p`: 🟢 `Healthy`$/,
    );
    for (const [index, name] of rest.entries()) {
      await runs.run(30 + index, [a(30 + index, 'Crashed', 'Healthy', name)]);
      expect(api.messages[0]?.body.startsWith('🟢')).toBe(index === rest.length - 1);
    }
    const done = api.messages[0]?.body ?? '';
    expect(done.split('\n')[0]).toBe(`🟢 *RECOVERED* · *${n} incidents*`);
    expect(done.match(/ recovered after /g)).toHaveLength(n);
    expect(api.messages.slice(1).every(({threadTs}) => threadTs === api.messages[0]?.ts)).toBe(true);
  });

  test('have the same duration in the reply and in the first message after a reopening', async () => {
    const runs = new Runs(RULE);
    await runs.run(0, [a(0, 'Healthy', 'Crashed', 'one'), a(0, 'Healthy', 'Crashed', 'two')]);
    await runs.run(5, [a(5, 'Crashed', 'Healthy', 'one')]);
    await runs.run(8, [a(8, 'Healthy', 'Crashed', 'one')]);
    await runs.run(21, [a(21, 'Crashed', 'Healthy', 'one')]);
    const durationsIn = ({body}: {readonly body: string}) =>
      Array.from(body.matchAll(/ecovered after ([^,.·]+?)(?=[,.]| ·)/g), ([, text]) => text);
    const [first, ...replies] = api.messages;
    const reply = replies.findLast(({threadTs}) => threadTs === first?.ts);
    expect(first && durationsIn(first)).toEqual(reply && durationsIn(reply));
    expect(first && durationsIn(first)).toHaveLength(1);
  });

  test('that only the clock begins share one message per partition, as later runs read no other partition', async () => {
    const runs = new Runs('to: [Degraded, Crashed], for: 5m, severity: critical');
    const entities = names(12);
    await runs.run(
      0,
      entities.map(name => a(0, 'Healthy', 'Crashed', name)),
    );
    expect(api.messages).toEqual([]);
    await runs.run(5);
    const partitions = new Map(entities.map(entity => [entity, shardOf({blueprint: 'b', entity}) % 4]));
    expect(api.messages).toHaveLength(new Set(partitions.values()).size);
    for (const {body} of api.messages) {
      const named = entities.filter(name => body.includes(`|${name}>`) || body.includes(`*${name}*`));
      expect(new Set(named.map(name => partitions.get(name))).size).toBe(1);
    }
  });

  test('get one edit and one reply if they recover in one run', async () => {
    const runs = new Runs(RULE);
    await runs.run(
      0,
      names(9).map(name => a(0, 'Healthy', 'Crashed', name)),
    );
    await runs.run(
      5,
      names(9).map(name => a(5, 'Crashed', 'Healthy', name)),
    );
    expect(api.calls).toEqual(['chat.postMessage', 'chat.update', 'chat.postMessage']);
    expect(api.messages[1]?.body).toContain('🟢 *RECOVERED* · *9 changes* of 9 entities');
  });
});

test('many threads in one run get one message in the channel, and each first message is edited', async () => {
  const runs = new Runs(RULE);
  const entities = Array.from({length: 12}, (_, index) => `entity-${index}`);
  for (const entity of entities) await runs.run(0, [a(0, 'Healthy', 'Crashed', entity)]);
  const before = api.calls.length;
  await runs.run(
    5,
    entities.map(entity => a(5, 'Crashed', 'Healthy', entity)),
  );
  expect(api.calls.slice(before).filter(call => call === 'chat.postMessage')).toHaveLength(1);
  expect(api.calls.slice(before).filter(call => call === 'chat.update')).toHaveLength(12);
  expect(api.messages.slice(0, 12).every(({body}) => body.startsWith('🟢'))).toBe(true);
  expect(api.messages.at(-1)).toMatchObject({threadTs: undefined});
});
