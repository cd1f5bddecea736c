import {describe, expect, test} from '@jest/globals';
import {stepsAfterInit} from '../../../src/cli/init/next-steps.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';

const RELAY = 'https://relay.example.com';
const URL = `${RELAY}/webhooks/port`;

function stepsFor(rule: object, more: object = {}, url = URL) {
  const rules = [{name: 'r', blueprint: 'deploymentConfig', notify: true, ...rule}];
  const file = JSON.stringify({version: 1, rules, ...more});
  return stepsAfterInit(parseRules(file, 'rules.yml'), {relay: RELAY, url, cli: 'node cli.js'});
}

test('the next steps name every secret and the URL', () => {
  const text = JSON.stringify(stepsFor({property: 'healthStatus'}));
  const names = ['PORT_CLIENT_SECRET', 'GITHUB_TOKEN', 'GITHUB_REPOSITORY', `reachable as ${URL}`];
  const commands = ['SLACK_WEBHOOK_URL', 'PORT_CLIENT_ID', 'PORT_CLIENT_SECRET'].map(name => `gh secret set ${name}`);
  for (const part of [...names, ...commands, 'node cli.js relay']) expect(text).toContain(part);
});

test('rules with incidents need the clock, the form and the workflow for commands', () => {
  const withIncidents = JSON.stringify(stepsFor({property: 'healthStatus', to: 'Degraded'}));
  for (const name of ['port-reactor-clock.yml', 'ISSUE_TEMPLATE/port-reactor.yml', 'port-reactor-command.yml'])
    expect(withIncidents).toContain(name);
  expect(stepsFor({property: 'healthStatus'})).toHaveLength(3);
});

test('the relay must subscribe to a smee channel', () => {
  expect(stepsFor({}, {}, 'https://smee.io/aBc')[0]?.text).toContain('WEBHOOK_PROXY_URL=https://smee.io/aBc');
});

describe('the command to try it', () => {
  test.each([
    [{property: 'healthStatus'}, {}, '--property healthStatus --from Healthy --to Degraded'],
    [{property: 'healthStatus', from: 'Degraded', to: ['Crashed', 'x']}, {}, '--from Degraded --to Crashed'],
    [{property: 'healthStatus', to: 'Healthy'}, {}, '--from Degraded --to Healthy'],
    [{property: 'tier', to: 80}, {statuses: {tier: ['gold', 'lead']}}, '--property tier --from gold --to 80'],
    [{property: 'tier'}, {statuses: {tier: ['gold', 'lead']}}, '--from gold --to lead'],
    [{property: 'locked', from: [null], to: [true]}, {}, '--from null --to true'],
    [{property: 'a b', from: '80', to: "it's"}, {}, `--property 'a b' --from '"80"' --to 'it'\\''s'`],
    [{property: 'cpuUtil', above: 80}, {}, '--from 79 --to 80'],
    [{property: 'disk', below: -1}, {}, '--from 0 --to -1'],
    [{blueprint: 'database', property: 'x'}, {}, '--entity an-entity --blueprint database --property x'],
    [{on: 'deleted'}, {}, '--property healthStatus --from Healthy --to Degraded'],
  ])('fires the rule %j', (rule, more, expected) => {
    const [command] = stepsFor(rule, more)[2]?.commands ?? [];
    expect(command).toContain(`node cli.js send --relay ${RELAY} --entity `);
    expect(command).toContain(expected);
  });
});
