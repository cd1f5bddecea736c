import {expect, test} from '@jest/globals';
import {plannedOutcomes} from '../../src/act/act.ts';
import {previewRun} from '../../src/act/preview.ts';
import {messageText} from '../../src/act/slack/block-kit/blocks.ts';
import {parseRules} from '../../src/rules/parse-rules.ts';
import {aChange} from '../helpers/values/a-change.ts';
import {planFor, rulesFile} from '../helpers/values/plans.ts';

const FILE = rulesFile(
  ['notify: true', 'to: Degraded, remediate: {job: heal}'],
  'statuses: {healthStatus: [Healthy, Degraded]}',
);
const NOWHERE = {destinations: new Map(), workspace: '.'};
const messageLinks = {runUrl: 'https://github.com/a/b/actions/runs/1', appUrl: 'https://app.port.io'};

test('equals what a dry run of the action plans and renders', () => {
  const changes = [aChange(), aChange({entity: 'b', to: 'Healthy', from: 'Degraded'})];
  const {decisions, plan, messages} = previewRun(parseRules(FILE, 'rules.yml'), changes, {nowMs: 0, messageLinks});
  const {rules, decisions: expected, plan: planned} = planFor(FILE, changes);
  const shape = (list: typeof decisions) =>
    list.map(({verdicts}) => verdicts.map(({reason, matched}) => ({reason, matched})));
  expect(shape(decisions)).toEqual(shape(expected));
  expect(plan.handOvers).toHaveLength(1);
  const outcomes = plannedOutcomes(planned, {...messageLinks, statuses: rules.statuses}, NOWHERE);
  const texts = new Set(outcomes.flatMap(({message}) => message ?? []));
  expect(new Set(messages.map(({message}) => messageText(message)))).toEqual(texts);
});

test('evaluates mute windows at the given time', () => {
  const file = rulesFile(['notify: true'], 'mute: [{name: friday, when: {days: [fri]}, zone: UTC, reason: rest}]');
  const rules = parseRules(file, 'rules.yml');
  const at = (time: string) => previewRun(rules, [aChange()], {nowMs: Date.parse(time), messageLinks});
  expect(at('2026-11-20T12:00:00Z').messages).toEqual([]);
  expect(at('2026-11-20T12:00:00Z').plan.muted).toHaveLength(1);
  expect(at('2026-11-21T12:00:00Z').messages).toHaveLength(1);
});
