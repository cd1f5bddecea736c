import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {createMemoryBranches} from '../../../src/clients/memory/branches.ts';
import {
  createShardStore,
  type KnownShard,
  type RecalledShard,
  type ShardFormat,
  type ShardStore,
} from '../../../src/memory/store/shard-store.ts';
import {squash} from '../../../src/memory/store/squash.ts';
import {type MemoryGitHub, startMemoryGitHub} from '../../helpers/servers/memory-github.ts';

/** A memory that is a list of words, so that a test detects a lost or repeated word. */
type Words = readonly string[];

const format: ShardFormat<Words> = {
  empty: () => [],
  parse(text) {
    if (text.startsWith('v2')) return {newer: 2};
    return /^[\w,]*$/.test(text)
      ? {memory: text.split(',').filter(Boolean)}
      : {invalid: `"${text}" is not a list of words`};
  },
  serialize: words => words.join(','),
  merge: ({base, ours, theirs}) => [...theirs, ...ours.filter(word => !base.includes(word) && !theirs.includes(word))],
};

let github: MemoryGitHub;
let waits: number[];
beforeEach(async () => {
  github = await startMemoryGitHub();
  waits = [];
});
afterEach(() => github.close());

function storeOf(name = '123/1'): ShardStore<Words> {
  const {repository, url: apiUrl, graphqlUrl} = github;
  const sleep = async (milliseconds: number) => void waits.push(milliseconds);
  const branches = createMemoryBranches({repository, token: 't', apiUrl, graphqlUrl}, {fetch, sleep});
  return createShardStore({branches, format, now: () => 0, sleep, run: {name, url: `https://example.com/${name}`}});
}

async function squashAll(): Promise<string[]> {
  const {repository, url: apiUrl, graphqlUrl} = github;
  const branches = createMemoryBranches({repository, token: 't', apiUrl, graphqlUrl}, {fetch, sleep: async () => {}});
  return squash([3], {branches, run: {name: '77/1', url: 'https://example.com/77'}});
}

async function recall(store: ShardStore<Words>, shard = 3): Promise<RecalledShard<Words>> {
  const recalled = (await store.recall([shard])).get(shard);
  if (recalled === undefined) throw new Error('nothing was recalled');
  return recalled;
}

async function known(store: ShardStore<Words>, shard = 3): Promise<KnownShard<Words>> {
  const recalled = await recall(store, shard);
  if ('unavailable' in recalled) throw new Error(recalled.unavailable);
  return recalled;
}

const OURS = {message: '1 opened [skip ci]\n\nhttps://example.com\nnonce: 99/1/1', author: 'github-actions'};

describe('recall', () => {
  test('a branch that does not exist starts empty with a remark', async () => {
    expect(await recall(storeOf())).toEqual({
      shard: 3,
      head: undefined,
      memory: [],
      remarks: [expect.stringContaining('starts empty')],
    });
  });

  test('a commit of a run adds no remark', async () => {
    github.put(3, 'a,b', OURS);
    expect(await recall(storeOf())).toMatchObject({memory: ['a', 'b'], remarks: []});
  });

  test('an edit by a person is applied, and the remark names the author', async () => {
    github.put(3, 'a');
    expect(await recall(storeOf())).toMatchObject({
      memory: ['a'],
      remarks: [expect.stringContaining('edited by jane')],
    });
  });

  test.each([
    ['corrupt', '{{{'],
    ['deleted', undefined],
  ])('a %s file is replaced by the newest valid version, with a warning', async (_name, text) => {
    github.put(3, 'a', OURS);
    github.put(3, 'a,b', OURS);
    const head = github.put(3, text);
    expect(await recall(storeOf())).toMatchObject({
      head,
      memory: ['a', 'b'],
      remarks: [expect.stringContaining('cannot be read')],
    });
  });

  test('without a valid version the shard is unavailable', async () => {
    github.put(3, '{{{');
    expect(await recall(storeOf())).toEqual({
      shard: 3,
      unavailable: expect.stringMatching(/last 5 commits.*delete the branch/),
    });
  });

  test('the memory of a later release is not replaced by an older version', async () => {
    github.put(3, 'a', OURS);
    github.put(3, 'v2', OURS);
    expect(await recall(storeOf())).toEqual({shard: 3, unavailable: expect.stringContaining('Update the action')});
  });

  test('the memory of a later release is not replaced if it is below a corrupt file', async () => {
    github.put(3, 'a', OURS);
    github.put(3, 'v2', OURS);
    github.put(3, '{{{');
    expect(await recall(storeOf())).toEqual({shard: 3, unavailable: expect.stringContaining('Update the action')});
  });

  test('makes every shard unavailable, without an error, if GitHub does not answer', async () => {
    github.replyNext('reset', 'reset', 'reset');
    const recalled = await storeOf().recall([1, 3]);
    expect([...recalled.values()].every(shard => 'unavailable' in shard)).toBe(true);
  });

  test('a corrupt shard does not affect the others', async () => {
    github.put(1, '{{{');
    github.put(3, 'a', OURS);
    const recalled = await storeOf().recall([1, 3]);
    expect(recalled.get(1)).toHaveProperty('unavailable');
    expect(recalled.get(3)).toMatchObject({memory: ['a']});
  });
});

describe('intent', () => {
  test('is written on top of the read commit, with run and nonce in the message', async () => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const result = await store.writeIntent(await known(store), ['a', 'b'], '1 opened');
    expect(result).toMatchObject({kind: 'written', shard: {memory: ['a', 'b'], head: github.head(3)}});
    expect(github.messages(3)[0]).toBe('1 opened [skip ci]\n\nhttps://example.com/123/1\nnonce: 123/1/1');
    expect(github.calls()).toEqual({queries: 1, mutations: 1, rest: 0, runs: 0});
  });

  test('creates a branch that does not exist', async () => {
    const store = storeOf();
    expect(await store.writeIntent(await known(store), ['a'], '1 opened')).toMatchObject({kind: 'written'});
    expect(github.text(3)).toBe('a');
  });

  test('of a second run gets a conflict with the memory of the first', async () => {
    github.put(3, 'a', OURS);
    const [first, second] = [storeOf('1/1'), storeOf('2/1')];
    const [base1, base2] = [await known(first), await known(second)];
    expect(await first.writeIntent(base1, ['a', 'b'], 'x')).toMatchObject({kind: 'written'});
    expect(await second.writeIntent(base2, ['a', 'c'], 'x')).toMatchObject({
      kind: 'conflict',
      shard: {memory: ['a', 'b']},
    });
    expect(github.text(3)).toBe('a,b');
  });

  test('of a second run that creates the branch gets a conflict', async () => {
    const [first, second] = [storeOf('1/1'), storeOf('2/1')];
    const [base1, base2] = [await known(first), await known(second)];
    expect(await first.writeIntent(base1, ['b'], 'x')).toMatchObject({kind: 'written'});
    expect(await second.writeIntent(base2, ['c'], 'x')).toMatchObject({kind: 'conflict', shard: {memory: ['b']}});
  });

  test('is found by its nonce if the response was lost', async () => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const base = await known(store);
    github.loseResponses = 1;
    expect(await store.writeIntent(base, ['a', 'b'], 'x')).toMatchObject({
      kind: 'written',
      shard: {head: github.head(3)},
    });
    expect(github.messages(3)).toHaveLength(2);
  });

  test('is found below a later commit of another run if the response was lost', async () => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const base = await known(store);
    github.loseResponses = 1;
    const write = store.writeIntent(base, ['a', 'b'], 'x');
    while (github.text(3) !== 'a,b') await new Promise(resolve => setImmediate(resolve));
    github.put(3, 'a,b,theirs', OURS);
    expect(await write).toMatchObject({kind: 'written'});
  });

  test.each([
    ['alone', 'a,b'],
    ['below a later commit of another run', 'a,b,theirs'],
  ])('is found if the response was lost and the history was squashed in the meantime: %s', async (_, text) => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const base = await known(store);
    github.loseResponses = 1;
    const write = store.writeIntent(base, ['a', 'b'], 'x');
    while (github.text(3) !== 'a,b') await new Promise(resolve => setImmediate(resolve));
    expect(await squashAll()).toEqual([]);
    expect(github.messages(3)).toHaveLength(1);
    if (text !== 'a,b') github.put(3, text, OURS);
    expect(await write).toMatchObject({kind: 'written'});
    expect(github.text(3)).toBe(text);
  });

  test.each([
    [
      'without an answer that confirms it',
      () => {
        github.loseResponses = 99;
      },
      'written',
    ],
    [
      'that GitHub never answers',
      () => {
        github.refuseWrites = 'reset';
      },
      'failed',
    ],
  ] as const)('%s ends within seconds', async (_, given, kind) => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const base = await known(store);
    given();
    expect(await store.writeIntent(base, ['a', 'b'], 'x')).toMatchObject({kind});
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(3000);
  });

  test('is not written twice if the response was lost and the next read is stale', async () => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const base = await known(store);
    github.loseResponses = 1;
    github.staleReads = 3;
    expect(await store.writeIntent(base, ['a', 'b'], 'x')).toMatchObject({
      kind: 'written',
      shard: {head: github.head(3)},
    });
    expect(github.messages(3)).toHaveLength(2);
  });

  test('that never reached GitHub is written again, once', async () => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const base = await known(store);
    github.replyNext('reset');
    expect(await store.writeIntent(base, ['a', 'b'], 'x')).toMatchObject({kind: 'written'});
    expect(github.messages(3)).toHaveLength(2);
  });

  test('handles a stale read after a conflict', async () => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const base = await known(store);
    github.beforeWrite = () => {
      github.put(3, 'a,theirs', OURS);
      github.staleReads = 2;
    };
    expect(await store.writeIntent(base, ['a', 'b'], 'x')).toMatchObject({
      kind: 'conflict',
      shard: {memory: ['a', 'theirs']},
    });
    expect(waits).toEqual([200, 400, 800]);
  });

  test('that GitHub refuses fails with the reason', async () => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const base = await known(store);
    github.replyNext({status: 403, body: {message: 'Resource not accessible by integration'}});
    expect(await store.writeIntent(base, ['b'], 'x')).toEqual({
      kind: 'failed',
      reason: expect.stringContaining('contents: write'),
    });
    expect(github.text(3)).toBe('a');
  });
});

describe('squash', () => {
  test('leaves one commit with the same file and does not count as an edit by a person', async () => {
    for (const text of ['a', 'a,b', 'a,b,c']) github.put(3, text, OURS);
    expect(await squashAll()).toEqual([]);
    expect(github.messages(3)).toHaveLength(1);
    expect(await recall(storeOf())).toMatchObject({memory: ['a', 'b', 'c'], remarks: []});
    const head = github.head(3);
    expect(await squashAll()).toEqual([]);
    expect(github.head(3)).toBe(head);
  });

  test('keeps the history if the last edit was by a person', async () => {
    github.put(3, 'a', OURS);
    github.put(3, '{{{');
    expect(await squashAll()).toEqual([]);
    expect(github.messages(3)).toHaveLength(2);
    expect(await recall(storeOf())).toMatchObject({memory: ['a']});
  });

  test('adds a remark if GitHub refuses it', async () => {
    github.put(3, 'a', OURS);
    github.put(3, 'b', OURS);
    github.refuseWrites = {status: 403, body: {message: 'Repository rule violations found'}};
    expect(await squashAll()).toEqual([expect.stringMatching(/memory-3 could not be shortened: .*rule violations/)]);
  });
});

describe('outcome', () => {
  test('is merged with what other runs wrote in the meantime', async () => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const base = await known(store);
    github.put(3, 'a,theirs', OURS);
    expect(await store.writeOutcome(base, ['a', 'ours'], 'x')).toMatchObject({kind: 'written'});
    expect(github.text(3)).toBe('a,theirs,ours');
  });

  test('of many concurrent runs is kept, and no word is lost or repeated', async () => {
    github.put(3, 'a', OURS);
    const runs = await Promise.all(
      ['r1', 'r2', 'r3', 'r4'].map(async name => {
        const store = storeOf(name);
        return {name, store, base: await known(store)};
      }),
    );
    const results = await Promise.all(
      runs.map(({name, store, base}) => store.writeOutcome(base, [...base.memory, name], 'x')),
    );
    expect(results.map(({kind}) => kind)).toEqual(['written', 'written', 'written', 'written']);
    expect(github.text(3)?.split(',').toSorted()).toEqual(['a', 'r1', 'r2', 'r3', 'r4']);
  });

  test('fails with a reason if GitHub does not answer', async () => {
    github.put(3, 'a', OURS);
    const store = storeOf();
    const base = await known(store);
    github.replyNext('reset', 'reset', 'reset', 'reset');
    expect(await store.writeOutcome(base, ['a', 'b'], 'x')).toMatchObject({kind: 'failed'});
  });
});
