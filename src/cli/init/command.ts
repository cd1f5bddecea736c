/** The command `init`: sets up Port for the rules. */
import {join} from 'node:path';
import {Command} from 'commander';
import type {Problem} from '../../base/errors.ts';
import {createPortClient, type PortCredentials} from '../../clients/port.ts';
import {incidentBlueprint} from '../../incident-view/incident-blueprint.ts';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import {parseRules} from '../../rules/parse-rules.ts';
import type {Rules} from '../../rules/rules.ts';
import {withHiddenLogins} from '../../secrets/secrets.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {readPortEnv} from '../shared/env/port-env.ts';
import {readRelay} from '../shared/env/relay-url.ts';
import {readRulesText} from '../shared/input/rules-file.ts';
import {atHome} from '../shared/input/rules-home.ts';
import {shellWord} from '../shared/input/scalar.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {applySetup, isSetUp, rehearseSetup} from './apply-setup.ts';
import {automationsFor, incidentAutomations} from './automation.ts';
import {stepsAfterInit} from './next-steps.ts';
import {readExisting} from './read-setup.ts';
import {planSetup} from './setup-plan.ts';
import {renderSetup, type SetupReport} from './setup-report.ts';
import {warningsOf, warningsOfOthers} from './setup-warnings.ts';
import {renderTerraform} from './terraform.ts';

export interface InitOptions {
  readonly relay?: string;
  readonly rules: string;
  readonly example?: boolean;
  readonly incidents?: boolean;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly terraform?: boolean;
  readonly json?: boolean;
}

const HELP = `
Creates one Port automation for each blueprint and each timer in the rules. Port then posts relevant changes to
the relay. init is safe to re-run. It updates the automations that it created, and never changes others. It
lists its automations for blueprints that are no longer in the rules. --prune removes them. --incidents also
creates the blueprint that shows incidents in Port, if it is missing. --terraform calls no API, and prints the
automations as resources of the Terraform provider port-labs/port-labs.

Environment, not for --terraform:
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  credentials of a Port administrator
  PORT_API_URL                        default: https://api.port.io (US: https://api.us.port.io)

Examples:
  $ port-reactor init --relay https://relay.example.com --dry-run
  $ port-reactor init --relay https://relay.example.com
  $ port-reactor init --relay https://smee.io/aBcDeFgH --example
  $ port-reactor init --relay https://relay.example.com --terraform >port-reactor.tf
`;

export function createInitCommand(world: CliWorld): Command {
  return new Command('init')
    .description('set up Port: one automation for each blueprint in the rules')
    .option('--relay <url>', 'the public URL of the relay, or of a smee channel')
    .option('--example', "also create the blueprint and the entity of Port's guide, if they are missing")
    .option('--incidents', 'also create the blueprint that shows incidents, if it is missing')
    .option('--prune', 'remove automations that init created and the rules no longer need')
    .option('--terraform', 'print the automations as Terraform resources, and call no API')
    .option('--dry-run', 'show what init would do, and change nothing')
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action((options: InitOptions) => (options.terraform ? printTerraform(options, world) : init(options, world)));
}

/** Needs no credentials. @throws {UsageError} also for options that change Port */
export function printTerraform(options: InitOptions, world: CliWorld): void {
  const problems: Problem[] = CHANGES_PORT.filter(([name]) => options[name]).map(([, flag]) => ({
    message: `${flag} can't be combined with --terraform, which prints the automations and calls no API`,
  }));
  const given = {
    relay: options.relay,
    url: readRelay(options.relay, problems),
    rules: readRules(options, world, problems),
  };
  const {rules, url} = requireAll(given, problems);
  const automations = [...automationsFor(rules, url), ...incidentAutomations(rules, url)];
  world.write(renderTerraform(automations, options.rules));
}

const CHANGES_PORT = [
  ['example', '--example'],
  ['incidents', '--incidents'],
  ['prune', '--prune'],
  ['dryRun', '--dry-run'],
  ['json', '--json'],
] as const;

/** Exits with code 1 if a step failed or conflicted. @throws {UsageError} @throws {ReactorError} */
export async function init(options: InitOptions, world: CliWorld): Promise<void> {
  const {rules, relay, url, credentials} = readSettings(options, world);
  const incidents = options.incidents ? incidentBlueprint(rules) : undefined;
  const wanted = {
    // Without this, an existing blueprint that init created would count as a leftover.
    automations: [...automationsFor(rules, url), ...incidentAutomations(rules, url)],
    ...(incidents === undefined ? {} : {incidents}),
    example: options.example === true,
    url,
    prune: options.prune === true,
  };
  const port = createPortClient(credentials, world);
  const existing = await readExisting(wanted, port);
  const plan = planSetup(wanted, existing);
  const steps = options.dryRun ? rehearseSetup(plan) : await applySetup(plan, port);
  const report: SetupReport = {
    dryRun: options.dryRun === true,
    api: credentials.apiUrl,
    webhook: url,
    steps,
    warnings: [...warningsOf(rules, url, existing.blueprints), ...warningsOfOthers(wanted, existing)],
    next: stepsAfterInit(rules, {relay, url, cli: `node ${shellWord(join(world.dist, 'cli/index.js'))}`}),
  };
  // Addresses of the relay, of Port and of existing automations can contain credentials.
  world.write(withHiddenLogins(options.json ? `${printedJson(report, 2)}\n` : renderSetup(report)));
  if (!isSetUp(steps)) world.exitWith(1);
}

interface Settings {
  readonly rules: Rules;
  /** The address as the user gave it. */
  readonly relay: string;
  /** The webhook URL of the relay. */
  readonly url: string;
  readonly credentials: PortCredentials;
}

function readSettings(options: InitOptions, world: CliWorld): Settings {
  const problems: Problem[] = [];
  const url = readRelay(options.relay, problems);
  const credentials = readPortEnv(world.env, problems);
  const given = {relay: options.relay, url, rules: readRules(options, world, problems)};
  return {...requireAll(given, problems), credentials};
}

type Given = {readonly [Key in 'relay' | 'url' | 'rules']: Settings[Key] | undefined};

/** @throws {UsageError} with the problems, if there are any */
function requireAll({relay, url, rules}: Given, problems: readonly Problem[]): Omit<Settings, 'credentials'> {
  if (relay === undefined || url === undefined || rules === undefined || problems.length > 0)
    throw new UsageError('init', problems);
  return {relay, url, rules};
}

/** Undefined if there are problems already. @throws {ConfigError} if the rules have mistakes */
function readRules({rules: path, incidents}: InitOptions, world: CliWorld, problems: Problem[]): Rules | undefined {
  const text = readRulesText(path, atHome(path, world).cwd, problems);
  const rules = problems.length > 0 ? undefined : parseRules(text, path);
  if (incidents && rules !== undefined && rules.incidents === undefined) problems.push({message: NEEDS_INCIDENTS});
  return rules;
}

const NEEDS_INCIDENTS =
  '--incidents requires a blueprint in the rules: add `incidents: { blueprint: portReactorIncident }`';
