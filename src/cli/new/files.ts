/** Proposals and answers → the files of a repository. Pure. */
import {Document, visit} from 'yaml';
import type {PortObject} from '../../clients/port.ts';
import {blueprintFile, blueprintText} from '../../lint/catalog/saved-blueprints.ts';
import {mergeOrders, type Proposal, type Proposed} from './proposals.ts';

export interface NewFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export interface Answers {
  /** The value for `uses:`, such as `acme/port-reactor@v1`. */
  readonly action: string;
  /** The Slack destination of critical messages. Undefined if all messages are sent to `default`. */
  readonly onCall?: string | undefined;
}

/** The shipped workflows and the form, by their paths in this repository. */
export type Templates = ReadonlyMap<string, string>;

interface Sources {
  readonly proposals: readonly Proposal[];
  /** The blueprints of the proposals. */
  readonly blueprints: readonly PortObject[];
  readonly templates: Templates;
}

export function filesFor({proposals, blueprints, templates}: Sources, answers: Answers): NewFile[] {
  return [
    {path: '.github/port-reactor.yml', text: rulesText(proposals, answers)},
    {path: '.github/port-reactor.test.yml', text: testsText(proposals, answers)},
    ...[...templates].map(([path, text]) => ({path, text: workflowText(text, answers)})),
    ...blueprints.map(blueprint => ({
      path: blueprintFile(String(blueprint['identifier'])),
      text: blueprintText(blueprint),
    })),
  ];
}

function rulesText(proposals: readonly Proposal[], answers: Answers): string {
  const orders = mergeOrders(proposals.map(one => one.statuses));
  const statuses = new Map(Array.from(orders, ([name, {good, fair, bad}]) => [name, [...good, ...fair, ...bad]]));
  const isCritical = proposals.some(({rules}) => rules.some(rule => rule['severity'] === 'critical'));
  return [
    schemaLine('rules', answers),
    '# How Port Reactor reacts to changes in the catalog. All keys: docs/rules.md of Port Reactor.',
    'version: 1',
    '',
    ...(statuses.size === 0
      ? []
      : ['# From best to worst. The order defines colors and recoveries. Add missing values.', toYaml({statuses})]),
    ...(answers.onCall === undefined || !isCritical
      ? []
      : [toYaml({routes: [{match: {severity: 'critical'}, slack: answers.onCall}, {slack: 'default'}]})]),
    'rules:',
    ...proposals.map(({blueprint, rules}) => `  # ${blueprint}\n${items(rules)}`),
  ].join('\n');
}

function testsText(proposals: readonly Proposal[], answers: Answers): string {
  return [
    schemaLine('rule-tests', answers),
    '# The expected reactions to changes. Run: port-reactor test',
    'version: 1',
    'tests:',
    ...proposals.map(({tests}) => items(tests)),
  ].join('\n');
}

function schemaLine(name: string, {action}: Answers): string {
  const [repository = '', version = 'v1'] = action.split('@');
  return `# yaml-language-server: $schema=https://raw.githubusercontent.com/${repository}/${version}/dist/${name}.schema.json`;
}

/** Replaces `uses: ./` with the released action. Removes lines for scripts, because no proposed rule runs one. */
function workflowText(template: string, {action, onCall}: Answers): string {
  const lines = template
    .replaceAll(
      /^ *# In your own repository: .*\n( *)- uses: \.\/$/gm,
      `$1- uses: ${action} # or, safer, the release's full commit SHA`,
    )
    .replaceAll(/^ *# For the scripts[^\n]*\n(?: *#[^\n]*\n)*( *)env:\n(?:\1 +[^\n]*\n)+/gm, '');
  if (onCall === undefined) return lines;
  const secret = `SLACK_WEBHOOK_${onCall.replace(/\W/g, '_').toUpperCase()}`;
  const destination = `$&\n$1slack-webhooks: |\n$1  ${onCall}=$\{{ secrets.${secret} }}`;
  return lines.replaceAll(/^( *)slack-webhook-url: \$\{\{ secrets\.SLACK_WEBHOOK_URL }}.*$/gm, destination);
}

/** A nested list, with an empty line after each item. */
function items(values: readonly Proposed[]): string {
  return values.map(value => toYaml([value]).replaceAll(/^(?=.)/gm, '  ')).join('\n');
}

/** Short collections use the flow style: `to: [Crashed]`, `clear: { to: [Healthy] }`. */
function toYaml(value: unknown): string {
  const document = new Document(value, {aliasDuplicateObjects: false});
  visit(document, {
    Collection: (key, node) => {
      if (key === 'value' && JSON.stringify(node).length <= SHORT) node.flow = true;
    },
  });
  return document.toString({lineWidth: 0});
}

const SHORT = 90;
