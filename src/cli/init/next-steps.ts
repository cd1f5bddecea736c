/** The steps after `init`, and how to test the whole path. Pure. */
import {hasIncident, type Rule, type Rules, type Scalar} from '../../rules/rules.ts';
import {shellWord, writeScalar} from '../shared/input/scalar.ts';
import type {NextStep} from '../shared/next-step.ts';
import {EXAMPLE_BLUEPRINT, EXAMPLE_ENTITY} from './example.ts';

interface Installation {
  /** The address of the relay, as the user gave it. */
  readonly relay: string;
  /** The webhook URL to which Port posts. */
  readonly url: string;
  /** The command that starts this command line. */
  readonly cli: string;
}

export function stepsAfterInit(rules: Rules, {relay, url, cli}: Installation): NextStep[] {
  const isChannel = !url.endsWith('/webhooks/port');
  const reach = isChannel ? `and WEBHOOK_PROXY_URL=${url}` : `reachable as ${url}`;
  return [
    {
      text: `Start the relay with PORT_CLIENT_SECRET (the same as here), GITHUB_REPOSITORY (owner/name), GITHUB_TOKEN (fine-grained, Contents: write) or a GitHub App (GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY), ${reach}:`,
      commands: [`${cli} relay`],
    },
    {
      text: 'Set the secrets of the workflow, in the repository with the rules:',
      commands: ['SLACK_WEBHOOK_URL', 'PORT_CLIENT_ID', 'PORT_CLIENT_SECRET'].map(name => `gh secret set ${name}`),
    },
    {
      text: 'Test the path from the relay to Slack, without a change in Port:',
      commands: [sendCommand(rules, relay, cli)],
    },
    ...(rules.rules.some(hasIncident) ? [COPY_FOR_INCIDENTS] : []),
  ];
}

const COPY_FOR_INCIDENTS: NextStep = {
  text: 'For incidents, copy these files from the repository of Port Reactor into the repository with the rules. The first one runs the clock for timers. The second one is the form to acknowledge and silence incidents, to which messages link. The last one executes the form:',
  commands: [
    '.github/workflows/port-reactor-clock.yml',
    '.github/ISSUE_TEMPLATE/port-reactor.yml',
    '.github/workflows/port-reactor-command.yml',
  ],
};

/** A command that sends a change to which a rule probably reacts. */
function sendCommand({rules, statuses}: Rules, relay: string, cli: string): string {
  const rule = rules.find(({property, on}) => property !== undefined && on.includes('UPDATE'));
  const {blueprint, property = 'healthStatus'} = rule ?? {blueprint: EXAMPLE_BLUEPRINT.identifier};
  const entity = blueprint === EXAMPLE_BLUEPRINT.identifier ? EXAMPLE_ENTITY.identifier : 'an-entity';
  const {from, to} = transitionFor(rule, statuses.get(property) ?? []);
  const words = [
    ...['--relay', relay, '--entity', entity, '--blueprint', blueprint, '--property', property],
    ...['--from', writeScalar(from), '--to', writeScalar(to)],
  ];
  return `${cli} send ${words.map(shellWord).join(' ')}`;
}

function transitionFor(rule: Rule | undefined, statuses: readonly string[]): {from: Scalar; to: Scalar} {
  if (rule?.above !== undefined) return {from: rule.above - 1, to: rule.above};
  if (rule?.below !== undefined) return {from: rule.below + 1, to: rule.below};
  const usual: readonly Scalar[] = [...statuses, ...EXAMPLE_BLUEPRINT.schema.properties.healthStatus.enum];
  const [from = null] = rule?.from ?? usual.filter(value => !rule?.to?.includes(value));
  const [to = null] = rule?.to ?? usual.filter(value => value !== from);
  return {from, to};
}
