import {expect, test} from '@jest/globals';
import {handOver, itemsByJob, jobItems, unstartedIn} from '../../../src/act/script/hand-over.ts';
import {aChange, type ChangeOptions} from '../../helpers/values/changes.ts';
import {planFor, rulesFile} from '../../helpers/values/plans.ts';

function handOvers(n: number, options: ChangeOptions = {}) {
  const changes = Array.from({length: n}, (_, index) => aChange({entity: `service-${index}`, ...options}));
  return planFor(rulesFile(['remediate: {job: scale}']), changes).plan.handOvers;
}

test('the output contains everything that a job needs', () => {
  const outcomes = handOver(handOvers(2));
  expect(outcomes).toMatchObject([
    {
      kind: 'remediation',
      status: 'done',
      job: 'scale',
      detail: 'handed to the job scale',
    },
    {status: 'done'},
  ]);
  expect(jobItems(outcomes)).toMatchObject([
    {job: 'scale', rule: 'rule-1', entity: 'service-0', property: 'healthStatus', from: 'Healthy', to: 'Degraded'},
    {entity: 'service-1'},
  ]);
});

test('jobs beyond the limit of a matrix fail with an error', () => {
  const outcomes = handOver(handOvers(300));
  expect(outcomes.filter(({status}) => status === 'done')).toHaveLength(256);
  expect(outcomes.at(-1)).toMatchObject({
    status: 'failed',
    detail: expect.stringMatching(/could not be handed over.* 256 jobs.*: scale$/),
  });
  expect(jobItems(outcomes)).toHaveLength(256);
});

test('cuts long values, then fails the jobs that do not fit into the output', () => {
  const long = 'x'.repeat(100_000);
  const outcomes = handOver(handOvers(100, {from: long, to: `${long}!`, title: long, at: long}));
  const items = jobItems(outcomes);
  expect(JSON.stringify(items).length).toBeLessThanOrEqual(130_001);
  expect(items.length).toBeGreaterThan(25);
  expect(outcomes.filter(({status}) => status === 'failed')).toHaveLength(100 - items.length);
});

test('a planned remediation or a script is not an item', () => {
  const [match] = handOvers(1).map(one => one.match);
  if (match === undefined) throw new Error('no match');
  const base = {match, kind: 'remediation', detail: ''} as const;
  expect(
    jobItems([
      {...base, status: 'planned', job: 'scale'},
      {...base, status: 'done', run: 'a.sh'},
    ]),
  ).toEqual([]);
});

test('each job has its own matrix, with its own limit', () => {
  const changes = Array.from({length: 200}, (_, index) => aChange({entity: `service-${index}`}));
  const rules = rulesFile(['remediate: {job: cordon}', 'remediate: {job: teardown}']);
  const {plan} = planFor(rules, changes);
  const byJob = itemsByJob(handOver(plan.handOvers));
  expect(Object.entries(byJob).map(([job, items]) => [job, items.length])).toEqual([
    ['cordon', 200],
    ['teardown', 200],
  ]);
  expect(unstartedIn(plan).size).toBe(0);
});

test('reports the jobs that do not fit before any message is posted', () => {
  const {plan} = planFor(
    rulesFile(['remediate: {job: scale}']),
    Array.from({length: 300}, (_, index) => aChange({entity: `service-${index}`})),
  );
  expect([...unstartedIn(plan)].map(({change}) => change.entity)).toEqual(
    Array.from({length: 44}, (_, index) => `service-${256 + index}`),
  );
});
