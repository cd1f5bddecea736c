import {expect, test} from '@jest/globals';
import {incidentsIn} from '../../src/demo/incidents.ts';
import {renderIncidents} from '../../src/demo/page/page-incidents.ts';
import {html} from '../../src/ui/html.ts';
import {aDecision, anEnd, aRun} from './a-run.ts';

const OPEN = {id: 'K7Q2M9', title: 'Checkout <b>', state: 'open', turns: [1_764_331_200]};
const CLOSED = {...OPEN, state: 'closed', closed: 1_764_331_200 + 14 * 60};

/** A run with a record of the memory's steps. */
function aRunThat(id: number, ...memory: object[]) {
  const own = memory.map(one => ({rule: 'deployment-degraded', key: 'k', before: null, after: null, ...one}));
  return aRun({id, ended: anEnd({record: aDecision({memory: own, at: `2026-11-20T12:0${id}:00.000Z`})})});
}

const RUNS = [
  aRunThat(1, {what: 'firing', after: OPEN}, {what: 'run', before: OPEN, after: OPEN}),
  aRunThat(2, {what: 'duplicate'}, {what: 'missing-between'}),
  aRunThat(3, {what: 'recovered', key: 'l', before: OPEN, after: CLOSED}),
  aRunThat(4, {what: 'firing', rule: 'health-changed', key: 'm'}),
];

test('an incident continues over several runs, and entries without an incident are omitted', () => {
  expect(incidentsIn(RUNS)).toEqual([
    {
      id: 'K7Q2M9',
      rule: 'deployment-degraded',
      title: 'Checkout <b>',
      state: 'closed',
      entries: [
        {at: '2026-11-20T12:01:00.000Z', what: 'opened, and reported', run: 1},
        {at: '2026-11-20T12:01:00.000Z', what: 'the script starts', run: 1},
        {at: '2026-11-20T12:02:00.000Z', what: 'a second delivery: no reaction', run: 2},
        {at: '2026-11-20T12:02:00.000Z', what: 'a change in between is missing', run: 2},
        {at: '2026-11-20T12:03:00.000Z', what: 'closed after 14 min, and reported', run: 3},
      ],
    },
  ]);
});

test('unfinished runs and runs without a memory have no incidents', () => {
  expect(incidentsIn([aRun(), aRun({ended: anEnd({record: aDecision()})})])).toEqual([]);
  expect(renderIncidents([aRun()], () => html`now`).markup).toBe('');
});

test('the page links each step to its run, and shows text of the catalog as text', () => {
  const {markup} = renderIncidents(RUNS, ms => html`${new Date(ms).toISOString()}`);
  expect(markup).toContain('Checkout &#60;b&#62;');
  expect(markup).toContain('1 incident<');
  expect(markup).toMatch(/closed after 14 min, and reported <a href="run-3\/index\.html">#3<\/a>/);
});
