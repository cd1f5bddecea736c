/** From the user's input to the data that the playground shows. */
import {describe, expect, test} from '@jest/globals';
import {nextChange, valueAfter} from '../../src/playground/event.ts';
import {incidentFacts} from '../../src/playground/incident-facts.ts';
import {viewOf} from '../../src/playground/page-view.ts';
import {renderDecisions, summaryOf} from '../../src/playground/render-timeline.ts';
import {SAMPLE} from '../../src/playground/sample.ts';
import {MAX_CLOCK_RUNS} from '../../src/playground/simulation.ts';
import type {EventFields, PageState, TypedStep} from '../../src/playground/state.ts';
import {aChange} from '../helpers/values/a-change.ts';

const NOW = Date.parse('2026-11-20T12:28:18.477Z');

function pageViewOf(typed: Partial<Omit<PageState, 'event'>> & {event?: Partial<EventFields>}) {
  return viewOf({...SAMPLE, ...typed, event: {...SAMPLE.event, ...typed.event}}, NOW);
}

/** Each run as "minutes: topics, incidents, remediations, held back". */
function storyOf(steps: readonly TypedStep[], rules = SAMPLE.rules): string[] {
  const {simulation} = pageViewOf({rules, steps: [...steps]});
  const start = simulation?.runs[0]?.nowMs ?? 0;
  return (simulation?.runs ?? []).map(({nowMs, actual}) => {
    const parts = [
      ...actual.told.map(({told: topic}) => topic),
      ...actual.incidents.map(({state}) => state),
      ...actual.remediations.map(() => 'run'),
      ...actual.muted.map(({reason}) => reason.replace(/:.*/, '')),
    ];
    return `${Math.floor((nowMs - start) / 60_000)}: ${parts.join(', ')}`;
  });
}

describe('the example', () => {
  test('has no mistakes and fires its rule', () => {
    const {mistakes, simulation} = pageViewOf({});
    expect(mistakes).toEqual([]);
    expect(simulation?.mistake).toBeUndefined();
    expect(simulation?.runs[0]?.actual.rules).toEqual(['deployment-down']);
    expect(simulation?.runs[0]?.actual.messages).toEqual([
      expect.objectContaining({slack: 'oncall', text: expect.stringContaining('CRITICAL · checkout-prod')}),
    ]);
  });

  test('shows a script that did not help, its cooldown, the next attempt and the recovery', () => {
    expect(storyOf(SAMPLE.steps)).toEqual([
      '0: firing, open, run',
      '5: not-recovered, open, not run',
      '10: open, run',
      '12: open',
      '12: clearing',
      '17: recovered',
      '22: ',
    ]);
  });
});

describe('steps', () => {
  test('a long wait ends every timer within it', () => {
    expect(storyOf([{kind: 'wait', wait: '1h'}])).toEqual([
      '0: firing, open, run',
      '5: not-recovered, open, not run',
      '10: open, run',
      '15: not-recovered, gave-up, open',
      '30: reminder, open',
      '60: reminder, open',
    ]);
  });

  test('after an acknowledgement there are no more reminders', () => {
    const steps = [
      {kind: 'ack', rule: 'deployment-down'},
      {kind: 'wait', wait: '1h'},
    ] as const;
    expect(storyOf(steps).filter(line => line.includes('reminder'))).toEqual([]);
    const [, ack] = pageViewOf({steps: [...steps]}).simulation?.runs ?? [];
    expect(ack?.incidents[0]?.ack).toMatchObject({by: 'a person'});
  });

  test('only an open incident can be acknowledged', () => {
    const [, ack] =
      pageViewOf({event: {to: 'Restarting'}, steps: [{kind: 'ack', rule: 'deployment-down'}]}).simulation?.runs ?? [];
    expect(ack?.acknowledgedNothing).toBe('deployment-down');
  });

  test('a change starts at the value of the previous one', () => {
    const {simulation} = pageViewOf({
      steps: [
        {kind: 'change', property: 'healthStatus', to: 'Crashed'},
        {kind: 'change', property: 'replicas', to: '3'},
        {kind: 'change', property: 'healthStatus', to: 'Healthy'},
      ],
    });
    expect(simulation?.runs.map(({what}) => what)).toEqual([
      'healthStatus Healthy → Degraded',
      'healthStatus Degraded → Crashed',
      'replicas not set → 3',
      'healthStatus Crashed → Healthy',
    ]);
    const times = (simulation?.runs ?? []).map(({nowMs}) => nowMs);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  });

  test.each<[TypedStep, string]>([
    [{kind: 'wait', wait: '10 minutes'}, '10 minutes is not a duration. Use a value such as 20s, 10m or 1h.'],
    [{kind: 'wait', wait: ''}, '"" is not a duration. Use a value such as 20s, 10m or 1h.'],
    [{kind: 'change', property: ' ', to: '1'}, 'Enter the property that changes.'],
    [{kind: 'change', property: 'healthStatus', to: 'Degraded'}, 'healthStatus is already Degraded.'],
    [{kind: 'ack', rule: 'deployment-dwn'}, 'The rules have no rule deployment-dwn. Did you mean deployment-down?'],
  ])('%j is a mistake, and the run stops before it', (step, message) => {
    const {simulation} = pageViewOf({steps: [{kind: 'wait', wait: '1m'}, step, {kind: 'wait', wait: '1m'}]});
    expect(simulation?.mistake).toEqual({step: 1, message});
    expect(simulation?.runs).toHaveLength(2);
  });

  test('a wait with too many timers stops with a message', () => {
    const rules = SAMPLE.rules.replace('repeat: 30m', 'repeat: 1m');
    const {simulation} = pageViewOf({rules, steps: [{kind: 'wait', wait: '900000h'}]});
    expect(simulation?.mistake?.message).toBe(
      `More than ${MAX_CLOCK_RUNS} timers end during this wait. Use a shorter wait.`,
    );
  });
});

describe('the event', () => {
  test.each<[string, Partial<EventFields>, string]>([
    ['a missing name', {property: ' '}, 'The field property is empty.'],
    ['a time without a zone', {at: '2026-01-07T12:00'}, 'The time must include a time zone'],
    ['a text that is not JSON', {mode: 'json', json: '{'}, 'The event is not JSON: '],
    ['no text', {mode: 'json', json: ''}, 'The event is empty.'],
    [
      'a payload with an invalid time',
      {mode: 'json', json: JSON.stringify({version: 1, title: '', partition: 0, changes: [aChange({at: 'soon'})]})},
      'changes.0.at: must be an ISO 8601 time',
    ],
    ['JSON that is not an event', {mode: 'json', json: '{}'}, 'The event: context: must be an object'],
  ])('%s is reported', (_, event, message) => {
    const {event: seen, simulation} = pageViewOf({event});
    expect(seen).toEqual({error: expect.stringContaining(message)});
    expect(simulation).toBeUndefined();
  });

  test('an event without a time has the current time', () => {
    const {simulation} = pageViewOf({event: {at: ''}, steps: []});
    expect(simulation?.runs[0]?.nowMs).toBe(NOW);
  });

  test('several changes of one payload are decided in one run', () => {
    const changes = ['one', 'two'].map(entity => aChange({entity, from: 'Healthy', to: 'Degraded'}));
    const json = JSON.stringify({version: 1, title: '', partition: 0, changes});
    const {simulation} = pageViewOf({event: {mode: 'json', json}, steps: []});
    expect(simulation?.runs[0]?.incidents).toHaveLength(2);
  });

  test('an event that is not a change of an entity is explained', () => {
    const json = JSON.stringify({...JSON.parse('{"action":"UPDATE","resourceType":"blueprint"}'), context: {}});
    const {event} = pageViewOf({event: {mode: 'json', json}, steps: [{kind: 'change', property: 'x', to: '1'}]});
    expect(JSON.stringify(event)).toMatch(/remarks|error/);
  });
});

test('mistakes in the rules have positions, and the other rules are decided', () => {
  const {mistakes, simulation} = pageViewOf({rules: SAMPLE.rules.replace('above: 80', "above: '80'")});
  expect(mistakes).toEqual([expect.objectContaining({line: 28, message: expect.stringContaining('80')})]);
  expect(simulation?.runs[0]?.actual.rules).toEqual(['deployment-down']);
});

test('a rule with mistakes is reported as not decided, not as no match', () => {
  const {simulation, rules} = pageViewOf({
    rules: SAMPLE.rules.replace('property: healthStatus', 'proprety: healthStatus'),
  });
  if (simulation === undefined || rules === undefined) throw new Error('nothing works');
  expect(summaryOf(simulation, rules)).toBe(
    '1 rule could not be decided. 0 rules match the event. In total: 0 messages, 0 remediations.',
  );
  const [first] = simulation.runs;
  const {markup} = first?.preview === undefined ? {markup: ''} : renderDecisions(first.preview, rules);
  expect(markup).toContain('could not be decided</span> <b>deployment-down</b>');
});

test('without a valid rule nothing is decided', () => {
  const {rules, mistakes, simulation} = pageViewOf({rules: 'version: 1\nrules: 3\n'});
  expect(rules).toBeUndefined();
  expect(mistakes).not.toEqual([]);
  expect(simulation).toBeUndefined();
});

test('an entity keeps its other properties, for any names', () => {
  const properties = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, unknown>;
  const change = nextChange(aChange({properties}), {property: '__proto__', value: 3}, NOW);
  expect(valueAfter(change, '__proto__')).toBe(3);
  expect(valueAfter(change, 'constructor')).toBe(2);
});

test('the state of an incident is shown in words', () => {
  const {simulation, rules} = pageViewOf({
    steps: [
      {kind: 'wait', wait: '12m'},
      {kind: 'ack', rule: 'deployment-down'},
    ],
  });
  const startMs = simulation?.runs[0]?.nowMs ?? 0;
  const facts = (simulation?.runs ?? []).map(({incidents: [incident], nowMs}) =>
    incident === undefined || rules === undefined ? '' : incidentFacts(incident, rules, {startMs, nowMs}).join(', '),
  );
  expect(facts).toEqual([
    'attempt 1 of 2, cooldown until +10 min, next timer at +5 min',
    'attempt 1 of 2, cooldown until +10 min, next timer at +10 min',
    'attempt 2 of 2, cooldown until +20 min, next timer at +15 min',
    'attempt 2 of 2, cooldown until +20 min, next timer at +15 min',
    'attempt 2 of 2, cooldown until +20 min, acknowledged (+12 min), next timer at +15 min',
  ]);
});
