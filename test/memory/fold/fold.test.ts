/** Cases that the truth tables do not cover: the ledger, order, mutes, inhibition, and unfinished work of crashed runs. */
import {describe, expect, test} from '@jest/globals';
import {decide} from '../../../src/decide/evaluate.ts';
import {fold, shardsFor} from '../../../src/memory/fold/fold.ts';
import type {Memory, Shards} from '../../../src/memory/format/format.ts';
import {shardOf} from '../../../src/memory/format/keys.ts';
import {type Settled, settle, settleAll} from '../../../src/memory/settle.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {aChange, type ChangeOptions} from '../../helpers/values/a-change.ts';
import {minutes, namesOf, oneRule, Simulation} from '../a-simulation.ts';

const BAD = {from: 'Healthy', to: 'Degraded'};
const GOOD = {from: 'Degraded', to: 'Healthy'};
const RUN = 'remediate: {run: a.sh';

describe('one reaction per change', () => {
  test('a repeated delivery is a duplicate, in the same batch and in a later run', () => {
    const simulation = new Simulation('to: Degraded');
    const change = simulation.aChange(0, BAD);
    expect(simulation.changes(0, [change, {...change, id: 'other'}])).toEqual(['firing']);
    expect(simulation.changes(1, [change])).toEqual([]);
    expect(simulation.notes).toEqual(['duplicate', 'duplicate']);
  });

  test('a rule without a bad value has no incident, and reacts once to each change', () => {
    const simulation = new Simulation(`${RUN}, cooldown: 10m}`);
    const change = simulation.aChange(0, BAD);
    expect(simulation.changes(0, [change])).toEqual(['firing', 'run 1']);
    expect(simulation.changes(1, [change])).toEqual([]);
    expect(simulation.change(2, GOOD)).toEqual(['firing']);
    expect(simulation.notes).toEqual(['duplicate', 'cooldown']);
    expect(simulation.change(11, BAD)).toEqual(['firing', 'run 1']);
    expect(simulation.incidents.filter(({state}) => state !== 'closed')).toEqual([]);
  });

  test('a change at or before the horizon never reacts again', () => {
    const simulation = new Simulation('to: Degraded');
    simulation.shards = new Map(
      [...simulation.shards].map(([shard, memory]) => [shard, {...memory, horizon: minutes(5) / 1000}]),
    );
    expect(simulation.change(5, BAD)).toEqual([]);
    expect(simulation.notes).toEqual(['superseded']);
    expect(simulation.change(5.1, BAD)).toEqual(['firing']);
  });

  test('a change older than its incident is stale', () => {
    const simulation = new Simulation('to: Degraded');
    simulation.change(5, BAD);
    expect(simulation.changes(6, [simulation.aChange(4, GOOD)])).toEqual([]);
    expect(simulation.notes).toEqual(['stale']);
    expect(simulation.incidents).toMatchObject([{state: 'open'}]);
  });

  test('a change that does not start at the last value reports a missing change', () => {
    const simulation = new Simulation('to: [Degraded, Crashed]');
    simulation.change(0, BAD);
    simulation.change(1, {from: 'Crashed', to: 'Healthy'});
    expect(simulation.notes).toEqual(['missing-between']);
  });

  test('a number that changed in between is not a missing change', () => {
    const simulation = new Simulation('above: 80, clear: 70');
    simulation.change(0, {from: 60, to: 81});
    simulation.change(1, {from: 79, to: 60});
    expect(simulation.notes).toEqual([]);
  });
});

/** Runs that write only their intent, and then crash. */
class CrashingRuns extends Simulation {
  begin(minute: number, options: ChangeOptions, run = '100/1') {
    return this.act(minute, [this.aChange(minute, options)], run);
  }

  act(minute: number, changes: readonly ReturnType<typeof aChange>[], run: string) {
    const nowMs = minutes(minute);
    const result = fold({rules: this.rules, decisions: decide(this.rules, changes), shards: this.shards, nowMs, run});
    this.shards = result.next;
    this.reactions.push(...result.reactions);
    return result;
  }

  again(minute: number, {change, run}: {change: ChangeOptions; run: string}): string[] {
    return namesOf(this.act(minute, [this.aChange(0, change)], run).reactions);
  }
}

describe('after a run that crashed between its actions and its write', () => {
  const simulation = () => {
    const one = new CrashingRuns(
      `to: Degraded, ${RUN}, timeout: 5m}, notify: {escalate: {after: 30m, slack: on-call}}`,
    );
    one.begin(0, BAD);
    return one;
  };

  test('its re-run sends marked messages again, and reports once that the outcome of the script is not known', () => {
    const one = simulation();
    expect(one.again(1, {change: BAD, run: '100/2'})).toEqual(['firing', 'outcome-unknown']);
    expect(one.reactions.filter(({kind}) => kind === 'notify')).toMatchObject([
      {topic: 'firing'},
      {topic: 'firing', mayBeRepeat: true},
      {topic: 'outcome-unknown', destinations: ['default', 'on-call']},
    ]);
    expect(one.again(2, {change: BAD, run: '100/3'})).not.toContain('run 1');
    expect(one.again(3, {change: BAD, run: '100/4'}).filter(word => word === 'outcome-unknown')).toHaveLength(1);
    expect(one.runs).toBe(1);
  });

  test('another run that gets the same change immediately is a duplicate', () => {
    const one = simulation();
    expect(one.again(5, {change: BAD, run: '101/1'})).toEqual([]);
    expect(one.notes).toEqual(['duplicate']);
  });

  test('the next run that reads the shard after 15 minutes sends the message and reports that the outcome is not known', () => {
    const one = simulation();
    expect(namesOf(one.act(14, [], '101/1').reactions)).toEqual(['outcome-unknown']);
    expect(namesOf(one.act(15, [], '102/1').reactions)).toEqual(['firing']);
    expect(one.reactions.at(-1)).toMatchObject({
      byClock: true,
      mayBeRepeat: true,
      change: {entity: 'e', blueprint: 'b'},
    });
  });
});

test('a re-run repeats what failed, and only that', () => {
  const one = new CrashingRuns(`to: Degraded, ${RUN}, cooldown: 10m}, notify: {slack: [a, c]}`);
  const {next, reactions} = one.begin(0, BAD);
  const outcomes = reactions.flatMap((reaction): Settled[] => {
    const {shard, key, incident} = reaction;
    if (reaction.kind === 'run') return [{kind: 'script', shard, key, status: 'failed'}];
    const message = {kind: 'message', shard, key, incident: incident?.id, at: minutes(0) / 1000} as const;
    return [
      {...message, destination: 'a', status: 'done', channel: 'C1', ts: '1.1'},
      {...message, destination: 'c', status: 'failed'},
    ];
  });
  one.shards = settle(next, outcomes);
  expect(one.incidents).toMatchObject([{told: {a: {channel: 'C1', ts: '1.1'}}}]);
  expect(namesOf(one.act(5, [], '101/1').reactions)).toEqual([]);

  const again = one.act(6, [one.aChange(0, BAD)], '100/2');
  expect(again.reactions).toMatchObject([
    {kind: 'notify', topic: 'firing', destinations: ['c'], mayBeRepeat: true},
    {kind: 'note', why: 'cooldown'},
  ]);
  const later = one.act(11, [one.aChange(0, BAD)], '100/3');
  expect(namesOf(later.reactions)).toContain('run 2');

  one.shards = settleAll(one.shards, [...again.reactions, ...later.reactions], minutes(11));
  expect(one.again(12, {change: BAD, run: '100/4'})).toEqual([]);
  expect(Object.keys(one.incidents[0]?.told ?? {})).toEqual(['a', 'c']);
});

test('a failed script starts again in a re-run, but not on a repeated delivery', () => {
  const one = new CrashingRuns(`to: Degraded, ${RUN}}, notify: {slack: [a]}`);
  const {next, reactions} = one.begin(0, BAD);
  const outcomes = reactions.flatMap((reaction): Settled[] => {
    const {shard, key, incident} = reaction;
    if (reaction.kind === 'run') return [{kind: 'script', shard, key, status: 'failed'}];
    const at = minutes(0) / 1000;
    return [{kind: 'message', shard, key, incident: incident?.id, destination: 'a', status: 'failed', at}];
  });
  one.shards = settle(next, outcomes);
  expect(one.again(5, {change: BAD, run: '101/1'})).toEqual(['firing']);
  expect(one.again(6, {change: BAD, run: '102/1'})).toEqual([]);
  expect(one.notes).toEqual(['duplicate']);
  expect(one.again(7, {change: BAD, run: '100/2'})).toContain('run 2');
});

test('a destination that gets the beginning only in a re-run after the end also gets the end', () => {
  const one = new CrashingRuns('to: Degraded');
  const {next, reactions} = one.begin(0, BAD);
  const [firing] = reactions;
  if (firing === undefined) throw new Error('no reaction');
  const {shard, key, incident} = firing;
  const failed = {kind: 'message', destination: 'default', status: 'failed', at: minutes(0) / 1000} as const;
  one.shards = settle(next, [{...failed, shard, key, incident: incident?.id}]);
  expect(namesOf(one.act(3, [one.aChange(3, GOOD)], '101/1').reactions)).toEqual([]);
  expect(one.again(4, {change: BAD, run: '100/2'})).toEqual(['firing', 'recovered']);
  expect(one.reactions.at(-1)).toMatchObject({topic: 'recovered', seconds: 180, destinations: ['default']});
});

describe('mutes', () => {
  const silence = (from: number, until: number, more = '') =>
    parseRules(
      `version: 1
silences:
  - {match: {rule: r}, from: "${new Date(minutes(from)).toISOString()}", until: "${new Date(minutes(until)).toISOString()}", owner: jane, reason: x${more}}
rules:
  - {name: r, blueprint: b, property: p, to: [Degraded, Crashed], notify: {repeat: 10m}, ${RUN}}}`,
      'rules.yml',
    );

  test('an incident that began while muted is reported when the mute ends, if it is still open', () => {
    const simulation = new Simulation(silence(0, 30));
    expect(simulation.change(1, BAD)).toEqual(['run 1']);
    expect(simulation.change(2, {from: 'Degraded', to: 'Crashed'})).toEqual([]);
    expect(simulation.tick(29)).toEqual([]);
    expect(simulation.tick(31)).toEqual(['firing', 'reminder']);
    expect(simulation.change(32, {from: 'Crashed', to: 'Healthy'})).toEqual(['recovered']);
  });

  test('an incident that began and ended while muted is not reported', () => {
    const simulation = new Simulation(silence(0, 30));
    simulation.change(1, BAD);
    expect(simulation.change(2, GOOD)).toEqual([]);
    expect(simulation.tick(40)).toEqual([]);
  });

  test('a recovery is sent despite a mute, to the destinations that got the incident', () => {
    const simulation = new Simulation(silence(5, 30));
    expect(simulation.change(1, BAD)).toEqual(['firing', 'run 1']);
    expect(simulation.tick(12)).toEqual([]);
    expect(simulation.change(13, GOOD)).toEqual(['recovered']);
  });

  test('that stop remediations also stop the script', () => {
    const simulation = new Simulation(silence(0, 30, ', remediate: mute'));
    expect(simulation.change(1, BAD)).toEqual([]);
    expect(simulation.notes).toEqual(['muted', 'muted']);
  });
});

describe('a re-run', () => {
  test('marks what the previous attempt may have sent', () => {
    const simulation = new Simulation('to: Degraded');
    const change = simulation.aChange(0, BAD);
    expect(simulation.changes(0, [change], '7/2')).toEqual(['firing']);
    expect(simulation.reactions).toMatchObject([{topic: 'firing', mayBeRepeat: true}]);
    simulation.changes(1, [simulation.aChange(1, GOOD)], '8/1');
    expect(simulation.reactions.at(-1)).not.toHaveProperty('mayBeRepeat');
  });
});

describe('inhibit', () => {
  const rules = parseRules(
    `version: 1
inhibit: [{while: {rule: cluster-down}, through: cluster, match: {blueprint: b}}]
rules:
  - {name: r, blueprint: b, property: p, to: Degraded, notify: true, ${RUN}}}
  - {name: cluster-down, blueprint: cluster, property: p, to: Degraded, notify: true}`,
    'rules.yml',
  );
  const cluster = {blueprint: 'cluster', entity: 'east'};
  const inCluster = (options: ChangeOptions): ChangeOptions => {
    const change = aChange({property: 'p', ...options});
    const relations = {cluster: 'east'};
    return {
      ...options,
      before: change.before && {...change.before, relations},
      after: change.after && {...change.after, relations},
    };
  };

  test('holds back and counts the children of an open incident, and releases them when it closes', () => {
    const simulation = new Simulation(rules);
    expect(simulation.change(0, {...cluster, ...BAD})).toEqual(['firing']);
    expect(simulation.change(1, inCluster(BAD))).toEqual([]);
    expect(simulation.notes).toEqual(['inhibited', 'inhibited']);
    expect(simulation.tick(2)).toEqual([]);
    expect(simulation.change(3, {...cluster, ...GOOD})).toEqual(['recovered', 'firing', 'run 1']);
    expect(simulation.change(4, inCluster(GOOD))).toEqual(['recovered']);
  });

  test('shows in the message of the parent how many children it holds back', () => {
    const simulation = new Simulation(rules);
    const [down, held] = [simulation.aChange(0, {...cluster, ...BAD}), simulation.aChange(0, inCluster(BAD))];
    simulation.changes(0, [down, held]);
    expect(simulation.reactions[0]).toMatchObject({topic: 'firing', rule: {name: 'cluster-down'}, inhibitedCount: 1});
  });

  test('does not report a child that ends before its parent', () => {
    const simulation = new Simulation(rules);
    simulation.change(0, {...cluster, ...BAD});
    simulation.change(1, inCluster(BAD));
    expect(simulation.change(2, inCluster(GOOD))).toEqual([]);
    expect(simulation.change(3, {...cluster, ...GOOD})).toEqual(['recovered']);
  });

  test('a child needs the shard of its parent, and a parent needs all shards', () => {
    const decisions = decide(rules, [aChange({blueprint: 'b', entity: 'e', property: 'p', ...inCluster(BAD)})]);
    const own = shardOf({blueprint: 'b', entity: 'e'});
    expect(shardsFor(rules, decisions)).toEqual([...new Set([own, shardOf(cluster)])].toSorted());
    const ofParent = decide(rules, [aChange({...cluster, property: 'p', ...BAD})]);
    expect(shardsFor(rules, ofParent)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const unrelated = decide(rules, [aChange({blueprint: 'b', entity: 'e', property: 'p', ...BAD})]);
    expect(shardsFor(rules, unrelated)).toEqual([own]);
  });

  const CHILD = (keys: string, more = '') =>
    parseRules(
      `version: 1
inhibit: [{while: {rule: [cluster-down, node-down]}, through: cluster, match: {rule: r}}${more}]
rules:
  - {name: r, blueprint: b, property: p, to: [Degraded, Crashed], ${keys}}
  - {name: node-down, blueprint: node, property: p, to: Degraded, notify: true}
  - {name: cluster-down, blueprint: cluster, property: p, to: Degraded, notify: {slack: [default], recovery: false}, clear: {for: 5m}}`,
      'rules.yml',
    );

  test('counts the released children in the message about the end of the parent', () => {
    const simulation = new Simulation(rules);
    simulation.change(0, {...cluster, ...BAD});
    for (const entity of ['e1', 'e2', 'e3', 'e4']) simulation.change(1, {entity, ...inCluster(BAD)});
    simulation.change(2, {entity: 'e4', ...inCluster(GOOD)});
    expect(simulation.change(3, {...cluster, ...GOOD}).filter(word => word === 'firing')).toHaveLength(3);
    expect(simulation.reactions.find(one => one.kind === 'notify' && one.topic === 'recovered')).toMatchObject({
      inhibitedCount: 3,
    });
  });

  test('a child that the clock opens while the parent is open is held back', () => {
    const simulation = new Simulation(CHILD('notify: true, for: 5m'));
    simulation.change(0, inCluster(BAD));
    expect(simulation.change(1, {...cluster, ...BAD})).toEqual(['firing']);
    expect(simulation.tick(5)).toEqual([]);
    expect(simulation.incidents.find(({rule}) => rule === 'r')).toMatchObject({state: 'open', inhibitedBy: {}});
    simulation.change(6, {...cluster, ...GOOD});
    expect(simulation.tick(11)).toEqual(['firing']);
  });

  test('a parent that opens later stops updates, reminders, escalations and scripts of its children, but not their ends', () => {
    const notify = 'notify: {slack: [default], repeat: 10m, escalate: [{after: 8m, slack: on-call}]}';
    const simulation = new Simulation(
      CHILD(`${notify}, remediate: {run: fix.sh, verify: 6m, attempts: 3, cooldown: 1m}`),
    );
    expect(simulation.change(0, inCluster(BAD))).toEqual(['firing', 'run 1']);
    expect(simulation.change(1, {...cluster, ...BAD})).toEqual(['firing']);
    expect(simulation.tick(30)).toEqual([]);
    expect(simulation.change(31, inCluster({from: 'Degraded', to: 'Crashed'}))).toEqual([]);
    expect(simulation.notes).toContain('inhibited');
    simulation.change(40, {...cluster, ...GOOD});
    expect(simulation.tick(45)).toEqual(['not-recovered', 'run 2', 'escalation', 'reminder']);
    simulation.change(46, {...cluster, ...BAD});
    expect(simulation.change(47, inCluster({from: 'Crashed', to: 'Healthy'}))).toEqual(['recovered']);
  });

  test('the clock releases the children of an ended parent immediately, in any order of shards', () => {
    for (const entity of ['e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7', 'e8']) {
      const simulation = new Simulation(CHILD('notify: true'));
      simulation.change(0, {...cluster, ...BAD});
      simulation.change(1, {entity, ...inCluster(BAD)});
      simulation.change(2, {...cluster, ...GOOD});
      expect([entity, simulation.tick(7)]).toEqual([entity, ['firing']]);
    }
  });

  test('a second parent still holds back a child that the first one releases', () => {
    const simulation = new Simulation(CHILD('notify: true'));
    simulation.change(0, {...cluster, ...BAD});
    simulation.change(0, {blueprint: 'node', entity: 'east', ...BAD});
    simulation.change(1, inCluster(BAD));
    simulation.change(2, {...cluster, ...GOOD});
    expect(simulation.tick(7)).toEqual([]);
    expect(simulation.change(8, {blueprint: 'node', entity: 'east', ...GOOD})).toEqual(['recovered', 'firing']);
  });

  test('a child is released if its parent is removed from the rules', () => {
    const simulation = new Simulation(rules);
    simulation.change(0, {...cluster, ...BAD});
    simulation.change(1, inCluster(BAD));
    const without = parseRules(
      `version: 1\nrules:\n  - {name: r, blueprint: b, property: p, to: Degraded, notify: true}`,
      'rules.yml',
    );
    const later = new Simulation(without);
    later.shards = simulation.shards;
    expect(later.tick(2)).toEqual(['firing']);
  });

  test('due work reports whether it needs more shards', () => {
    const simulation = new Simulation(CHILD('notify: true, for: 5m'));
    simulation.change(0, inCluster(BAD));
    const own = shardOf({blueprint: 'b', entity: 'e'});
    const some = new Map([...simulation.shards].filter(([shard]) => shard === own));
    const at = (minute: number, shards: typeof some) =>
      fold({rules: simulation.rules, decisions: [], shards, nowMs: minutes(minute), run: '9/1'}).isPartial;
    expect([at(4, some), at(5, some), at(5, simulation.shards as typeof some)]).toEqual([false, true, false]);
  });
});

describe('the clock', () => {
  test('reads the entity of an incident that is about to open again, and opens it only if it is still unhealthy', () => {
    const simulation = new Simulation('to: Degraded, for: 5m');
    simulation.change(0, BAD);
    const [incident] = simulation.incidents;
    const input = {rules: simulation.rules, decisions: [], shards: simulation.shards, nowMs: minutes(5), run: '2/1'};
    const topicsAfter = (reread: 'firing' | 'recovered' | 'deleted') =>
      namesOf(fold({...input, reread: new Map([[incident?.id ?? '', reread]])}).reactions);
    expect(topicsAfter('firing')).toEqual(['firing']);
    expect(topicsAfter('recovered')).toEqual([]);
    expect(topicsAfter('deleted')).toEqual([]);
  });

  test('sends one reminder for all missed ones, and no more than `times`', () => {
    const simulation = new Simulation('to: Degraded, notify: {repeat: {every: 10m, times: 2}}');
    simulation.change(0, BAD);
    expect([35, 36, 40, 50].map(minute => simulation.tick(minute))).toEqual([['reminder'], [], ['reminder'], []]);
  });

  test('escalates again after an acknowledgement has ended', () => {
    const simulation = new Simulation(
      'to: Degraded, notify: {escalate: [{after: 10m, slack: x}, {after: 20m, slack: y}]}',
    );
    simulation.change(0, BAD);
    simulation.acknowledge(5, 30);
    expect([15, 29].map(minute => simulation.tick(minute))).toEqual([[], []]);
    expect(simulation.tick(30)).toEqual(['escalation', 'escalation']);
    expect(simulation.change(31, GOOD)).toEqual(['recovered']);
    expect(simulation.reactions.at(-1)).toMatchObject({destinations: ['default', 'x', 'y'], seconds: 31 * 60});
  });

  test('writes nothing if no work is due', () => {
    const simulation = new Simulation('to: Degraded, for: 5m');
    simulation.change(0, BAD);
    const result = fold({
      rules: simulation.rules,
      decisions: [],
      shards: simulation.shards,
      nowMs: minutes(3),
      run: '2/1',
    });
    expect(result).toMatchObject({reactions: [], changed: []});
    for (const [shard, memory] of result.next) expect(memory).toBe(simulation.shards.get(shard));
  });

  test('sets when each incident is due', () => {
    const simulation = new Simulation(
      `to: Degraded, notify: {repeat: 60m, escalate: {after: 30m, slack: x}}, ${RUN}, verify: 10m}`,
    );
    const due = () => simulation.incidents.map(incident => ((incident.due ?? 0) - minutes(0) / 1000) / 60);
    simulation.change(0, BAD);
    expect(due()).toEqual([10]);
    simulation.tick(10);
    expect(due()).toEqual([20]);
  });
});

test('a cooldown counts from the start of the script and ends to the second', () => {
  const simulation = new Simulation(`to: Degraded, ${RUN}, cooldown: 15m}`);
  expect(simulation.change(0, BAD)).toEqual(['firing', 'run 1']);
  simulation.change(1, GOOD);
  expect(simulation.change(15 - 1 / 60, BAD)).toEqual(['reopened']);
  simulation.change(15 - 1 / 120, GOOD);
  expect(simulation.change(15, BAD)).toEqual(['reopened', 'run 2']);
});

test('an incident of a removed rule stays until the entity is deleted', () => {
  const simulation = new Simulation('to: Degraded');
  simulation.change(0, BAD);
  const other = new Simulation(
    parseRules('version: 1\nrules: [{name: s, blueprint: b, property: p, to: Degraded, notify: true}]', 'x'),
  );
  other.shards = simulation.shards;
  other.tick(10);
  expect(other.incidents).toHaveLength(1);
  expect(other.change(11, {action: 'DELETE', from: 'Degraded'})).toEqual([]);
  expect(other.incidents).toEqual([]);
});

test('a change that matched and ended nothing needs no shard', () => {
  const rules = oneRule('to: Degraded, clear: {to: Healthy}');
  const change = aChange({blueprint: 'b', property: 'p', from: 'Healthy', to: 'Restarting'});
  expect(shardsFor(rules, decide(rules, [change]))).toEqual([]);
});

test('fold does not change its arguments', () => {
  const simulation = new Simulation(`to: Degraded, flapping: {changes: 3, within: 30m}, ${RUN}, verify: 5m}`);
  simulation.change(0, BAD);
  const freeze = (shards: Shards): Shards => {
    for (const memory of shards.values()) deepFreeze(memory);
    return shards;
  };
  simulation.shards = freeze(simulation.shards);
  simulation.change(1, GOOD);
  simulation.shards = freeze(simulation.shards);
  expect(simulation.change(2, BAD)).toEqual(['flapping']);
});

function deepFreeze(value: Memory | object): void {
  for (const item of Object.values(value)) if (typeof item === 'object' && item !== null) deepFreeze(item);
  Object.freeze(value);
}
