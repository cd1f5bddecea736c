/** Automations as HCL, read with an independent parser and compared with the body for the API. */
import {spawnSync} from 'node:child_process';
import {describe, expect, test} from '@jest/globals';
import {automationsFor} from '../../../src/cli/init/automation.ts';
import {printTerraform} from '../../../src/cli/init/command.ts';
import {renderTerraform} from '../../../src/cli/init/terraform.ts';
import {DEFAULT_RULES} from '../../../src/rules/default-path.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {aCliWorld} from '../../helpers/processes/cli-world.ts';

const RELAY = 'https://relay.example.com';
const URL = `${RELAY}/webhooks/port`;
const RULES = `
version: 1
rules:
  - {name: a, blueprint: deploymentConfig, property: 'a"b\\\\c\${path.module}%{if true}', notify: true}
  - {name: b, blueprint: "data base", property: cpuUtil, above: 80, notify: true}
  - {name: c, blueprint: environment, on: timer-expired, property: ttl, notify: true}
`;

test('has a resource for each automation', () => {
  const text = renderTerraform(automationsFor(parseRules(RULES, 'rules.yml'), URL), 'rules.yml');
  expect(text).toContain(
    'resource "port_action" "port_reactor_deploymentConfig" {\n  identifier = "port_reactor_deploymentConfig"\n',
  );
  expect(text).toContain(
    '    timer_property_expired_event = {\n      blueprint_identifier = "environment"\n      property_identifier = "ttl"\n',
  );
  expect(text).toContain(
    '    body = jsonencode({\n      "{{ spreadValue() }}" = "{{ .event }}"\n      runId = "{{ .run.id }}"\n    })\n',
  );
  expect(text).toContain('    agent = "false"\n    synchronized = "false"\n');
  expect(text).toContain('$${path.module}%%{if true}');
});

const PARSER = ['-c', 'import hcl2, json, sys; json.dump(hcl2.load(sys.stdin), sys.stdout)'];
const hasParser = spawnSync('python3', PARSER, {input: ''}).status === 0;
(hasParser ? test : test.skip)(
  `is HCL with the values for the API${hasParser ? '' : ' (skipped: python-hcl2 is not installed)'}`,
  () => {
    const automations = automationsFor(parseRules(RULES, 'rules.yml'), URL);
    const input = renderTerraform(automations, 'rules.yml');
    const {stdout, stderr} = spawnSync('python3', PARSER, {input, encoding: 'utf8'});
    expect(stderr).toBe('');
    const resources = (JSON.parse(stdout) as {resource: Record<string, Record<string, Record<string, unknown>>>[]})
      .resource;
    const actions = resources.map(resource => Object.values(Object.values(resource)[0] ?? {})[0]);
    expect(actions.map(action => plain(action?.['identifier']))).toEqual(automations.map(({identifier}) => identifier));
    const triggers = actions.map(action => action?.['automation_trigger'] as Record<string, {expressions?: unknown[]}>);
    expect(triggers.map(trigger => Object.keys(trigger))).toEqual([
      ['any_entity_change_event', 'jq_condition'],
      ['any_entity_change_event', 'jq_condition'],
      ['timer_property_expired_event'],
    ]);
    expect(triggers.map(trigger => trigger['jq_condition']?.expressions?.map(plain))).toEqual(
      automations.map(({trigger}) => trigger.condition?.expressions),
    );
  },
);

describe('init --terraform', () => {
  test('prints without credentials', () => {
    const world = aCliWorld({env: {}, files: {[DEFAULT_RULES]: RULES}});
    try {
      printTerraform({relay: RELAY, rules: DEFAULT_RULES, terraform: true}, world);
      expect(world.output.match(/^resource "port_action"/gm)).toHaveLength(3);
      expect(world.output).toContain(`url = "${URL}"`);
    } finally {
      world.remove();
    }
  });

  test('refuses options that change Port, and reports all mistakes together', () => {
    const world = aCliWorld({env: {}, files: {[DEFAULT_RULES]: RULES}});
    try {
      const run = () =>
        printTerraform({relay: 'x', rules: DEFAULT_RULES, example: true, prune: true, terraform: true}, world);
      expect(run).toThrow(/--example can't be combined[\s\S]*--prune can't be combined[\s\S]*--relay/);
    } finally {
      world.remove();
    }
  });
});

/** Some versions of the parser keep the quotes and the escapes. */
function plain(text: unknown): string {
  const quoted = String(text);
  return /^".*"$/s.test(quoted) ? JSON.parse(quoted.replace(/([$%])\1(?=\{)/g, '$1')) : quoted;
}
