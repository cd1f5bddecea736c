import {expect, test} from '@jest/globals';
import {message, messageText} from '../../../../src/act/slack/block-kit/blocks.ts';
import {entriesOf} from '../../../../src/act/slack/message/entry.ts';
import {
  contextOfSeveral,
  headlineOfSeveral,
  moreChanges,
  textOfSeveral,
} from '../../../../src/act/slack/message/several.ts';
import {aChange} from '../../../helpers/values/changes.ts';
import {planFor, rulesFile} from '../../../helpers/values/plans.ts';

const context = {
  statuses: new Map([['healthStatus', ['Healthy', 'Degraded', 'Crashed']]]),
  runUrl: 'https://github.com/acme/ops/actions/runs/42',
  appUrl: 'https://app.port.io',
};

function entries(sides: readonly [string, string][], rule = "notify: {mention: '<@U1>'}") {
  const changes = sides.map(([from, to], index) => aChange({entity: `e${index}`, title: `E${index}`, from, to}));
  return entriesOf(
    planFor(rulesFile([rule]), changes).plan.notifications.flatMap(({matches}) => matches),
    context,
  );
}

test('the text for a lock screen has the number, the kinds if they differ, and the worst', () => {
  const by = 'by auth0|0123456789abcdef01234567';
  expect(
    textOfSeveral(
      entries([
        ['Crashed', 'Healthy'],
        ['Healthy', 'Crashed'],
      ]),
      context,
    ),
  ).toBe(
    `2 changes in your catalog: 🔽 1 worsened · 🟢 1 recovered; first: Worsened: E1 (deploymentConfig): healthStatus Healthy → Crashed, ${by}`,
  );
  expect(
    textOfSeveral(
      entries([
        ['Crashed', 'Healthy'],
        ['Degraded', 'Healthy'],
      ]),
      context,
    ),
  ).toBe(`2 changes in your catalog; first: Recovered: E0 (deploymentConfig): healthStatus Crashed → Healthy, ${by}`);
});

test('the headline mentions people if something got worse', () => {
  expect(
    headlineOfSeveral(
      entries([
        ['Healthy', 'Crashed'],
        ['Crashed', 'Healthy'],
      ]),
      context,
      ' of 2 entities',
    ),
  ).toBe('🔽 *WORSENED* · *2 changes* of 2 entities <@U1>');
  expect(
    headlineOfSeveral(
      entries([
        ['Degraded', 'Healthy'],
        ['Crashed', 'Healthy'],
      ]),
      context,
    ),
  ).toBe('🟢 *RECOVERED* · *2 changes*');
});

test('the end of the message links to the run and to the runbooks', () => {
  const blocks = [
    moreChanges('3 more changes', context),
    contextOfSeveral(entries([['Healthy', 'Crashed']], "notify: {runbook: 'https://example.com/r'}"), context),
  ];
  expect(messageText(message('text', blocks)).split('\n\n')).toEqual([
    `… and 3 more changes: <${context.runUrl}|see the run's summary>`,
    `Rule \`rule-1\`  ·  📕 <https://example.com/r|rule-1>  ·  <${context.runUrl}|This run>`,
  ]);
});
