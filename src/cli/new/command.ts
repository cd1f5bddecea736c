/** The command `new`: writes rules, tests and workflows for a new repository. */
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {Command} from 'commander';
import type {Problem} from '../../base/errors.ts';
import {ACTION} from '../../base/version.ts';
import {createPortClient, type PortObject} from '../../clients/port.ts';
import {readBlueprintFiles} from '../../lint/catalog/read-blueprints.ts';
import {nameMistake} from '../../rules/values/destination.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {EXAMPLE_BLUEPRINT} from '../init/example.ts';
import {readPortEnv} from '../shared/env/port-env.ts';
import {readBlueprintText} from '../shared/input/named-file.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {type Answers, filesFor, type NewFile, type Templates} from './files.ts';
import {type Proposal, proposalFor} from './proposals.ts';

export interface NewOptions {
  readonly blueprint?: readonly string[];
  readonly watch?: string;
  readonly onCall?: string;
  readonly action?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const HELP = `
Proposes rules for properties that most teams watch: status values (Healthy, Degraded, Crashed), percentages and
timers. Writes the rules with tests, the workflows (react, lint, clock, reconcile, command) and the blueprints.
It never overwrites a file. The files pass \`lint\` and \`test\`, once the workflows contain the owner of the action
(--action). On a terminal, it asks up to three questions. Options answer them in advance.

The blueprints come from Port if its credentials are set, or from --blueprint, or from Port's original guide.

Environment:
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  to read the blueprints from Port
  PORT_API_URL                        default: https://api.port.io (US: https://api.us.port.io)

Exit codes: 0 success, 1 no proposals, or Port did not answer, 2 invalid usage.

Examples:
  $ port-reactor new
  $ port-reactor new --watch deploymentConfig,database --on-call on-call --yes
  $ port-reactor new --blueprint service.json --action acme/port-reactor@v1 --yes
`;

export function createNewCommand(world: CliWorld): Command {
  return new Command('new')
    .description('write rules, tests and workflows for a new repository')
    .option(
      '--blueprint <file.json>',
      'a blueprint, or a list. Can be repeated',
      (file, all: readonly string[] = []) => [...all, file],
    )
    .option('--watch <names>', 'the blueprints to watch, separated by commas (default: all with proposals)')
    .option('--on-call <name>', 'the Slack destination for critical messages (default: `default`)')
    .option('--action <owner/name@version>', `the action that the workflows use (default: ${ACTION})`)
    .option('--yes', 'ask nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action((options: NewOptions) => writeNew(options, world));
}

/** Exits with code 1 if there are no proposals. @throws {UsageError} @throws {ReactorError} */
export async function writeNew(options: NewOptions, world: CliWorld): Promise<void> {
  const ask = options.yes || options.json ? undefined : world.ask;
  const blueprints = await readCatalog(options, world);
  const found = blueprints.flatMap(blueprint => proposalFor(blueprint) ?? []);
  if (found.length === 0) {
    world.writeError(`${NOTHING_FOUND}\n`);
    if (options.json) world.write(`${printedJson({error: NOTHING_FOUND})}\n`);
    return world.exitWith(1);
  }
  const chosen = choose(await answerWatch(options, found, ask), found);
  const answers = await answerRest(options, ask);
  const watched = blueprints.filter(blueprint => chosen.some(one => one.blueprint === blueprint['identifier']));
  const files = filesFor({proposals: chosen, blueprints: watched, templates: readTemplates(world)}, answers);
  const result = writeFiles(files, world.cwd);
  world.write(options.json ? `${printedJson(result, 2)}\n` : render(result, answers));
}

const NOTHING_FOUND =
  'No rules to propose: no property is a status (with values such as Healthy and Degraded), a percentage or a timer. ' +
  'Write the first rule yourself: docs/rules.md.';

async function readCatalog({blueprint = []}: NewOptions, world: CliWorld): Promise<readonly PortObject[]> {
  const problems: Problem[] = [];
  const credentials = readPortEnv(world.env, problems);
  if (blueprint.length === 0 && problems.length === 0) return fromPort(createPortClient(credentials, world));
  if (blueprint.length === 0 && world.env['PORT_CLIENT_ID']?.trim()) throw new UsageError('new', problems);
  if (blueprint.length === 0) return [EXAMPLE_BLUEPRINT];
  const unread: Problem[] = [];
  const files = blueprint.map(file => ({file, text: readBlueprintText(file, world.cwd, unread)}));
  if (unread.length > 0) throw new UsageError('new', unread);
  const read = readBlueprintFiles(files);
  if (read.problems.length > 0)
    throw new UsageError(
      'new',
      read.problems.map(({file, line, message}) => ({message: `${file}:${line}: ${message}`})),
    );
  return [...read.blueprints.known.values()].filter(one => one !== undefined);
}

/** Skips Port's internal blueprints, such as `_user`. */
async function fromPort(port: ReturnType<typeof createPortClient>): Promise<readonly PortObject[]> {
  const names = (await port.listBlueprints()).filter(name => !name.startsWith('_'));
  const found: (PortObject | undefined)[] = [];
  for (const name of names) found.push(await port.getBlueprint(name));
  return found.filter(one => one !== undefined);
}

type Ask = CliWorld['ask'];

async function answerWatch({watch}: NewOptions, found: readonly Proposal[], ask: Ask): Promise<readonly string[]> {
  const names = found.map(({blueprint}) => blueprint);
  const written =
    watch ?? (names.length > 1 ? await ask?.(`Which blueprints do you want to watch? [${names.join(', ')}] `) : '');
  const chosen = namesIn(written ?? '');
  return chosen.length === 0 ? names : chosen;
}

const namesIn = (text: string) =>
  text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');

function choose(names: readonly string[], found: readonly Proposal[]): Proposal[] {
  const known = found.map(({blueprint}) => blueprint);
  const unknown = names.filter(name => !known.includes(name));
  if (unknown.length === 0) return found.filter(({blueprint}) => names.includes(blueprint));
  const message = `there are no rules to propose for ${unknown.join(', ')}. Blueprints with proposals: ${known.join(', ')}`;
  throw new UsageError('new', [{message}]);
}

async function answerRest(options: NewOptions, ask: Ask): Promise<Answers> {
  const onCall = options.onCall ?? (await ask?.('Which Slack destination should get critical messages? [default] '));
  const action = options.action ?? (await ask?.(`Which action should the workflows use? [${ACTION}] `));
  const answers = {action: action?.trim() || ACTION, onCall: isOther(onCall) ? onCall.trim() : undefined};
  const mistake = nameMistake(answers.onCall ?? 'default');
  const problems = [
    ...(mistake === undefined ? [] : [{message: `--on-call: ${mistake.message}`}]),
    ...(/^[\w.-]+\/[\w.-]+@[\w./-]+$/.test(answers.action) ? [] : [{message: ACTION_FORM}]),
  ];
  if (problems.length > 0) throw new UsageError('new', problems);
  return answers;
}

const ACTION_FORM = '--action must be owner/name@version, for example acme/port-reactor@v1';

/** `lint` refuses the workflows until then. */
const OWNER_STEP =
  '       Replace OWNER in .github/workflows with the account that hosts Port Reactor. --action sets it in advance.';

const isOther = (name: string | undefined): name is string =>
  name !== undefined && !['', 'default'].includes(name.trim());

const TEMPLATES = [
  '.github/workflows/port-reactor.yml',
  '.github/workflows/port-reactor-lint.yml',
  '.github/workflows/port-reactor-clock.yml',
  '.github/workflows/port-reactor-reconcile.yml',
  '.github/workflows/port-reactor-command.yml',
  '.github/ISSUE_TEMPLATE/port-reactor.yml',
];

/** The build copies the templates into dist/. */
function readTemplates({dist}: CliWorld): Templates {
  return new Map(
    TEMPLATES.map(path => [path, readFileSync(join(dist, 'templates', path.replace('.github/', '')), 'utf8')]),
  );
}

interface Result {
  readonly written: readonly string[];
  /** The paths of existing files, which were not changed. */
  readonly kept: readonly string[];
}

function writeFiles(files: readonly NewFile[], cwd: string): Result {
  const kept = files.filter(({path}) => existsSync(resolve(cwd, path))).map(({path}) => path);
  const written = files.filter(({path}) => !kept.includes(path));
  for (const {path, text} of written) {
    mkdirSync(dirname(resolve(cwd, path)), {recursive: true});
    writeFileSync(resolve(cwd, path), text, {flag: 'wx'});
  }
  return {written: written.map(({path}) => path), kept};
}

function render({written, kept}: Result, {onCall, action}: Answers): string {
  const secrets = ['SLACK_WEBHOOK_URL', 'PORT_CLIENT_ID', 'PORT_CLIENT_SECRET'];
  const more = onCall === undefined ? [] : [`SLACK_WEBHOOK_${onCall.replace(/\W/g, '_').toUpperCase()}`];
  return [
    ...written.map(path => `✔ ${path}`),
    ...kept.map(path => `○ ${path} already exists`),
    '',
    'Next:',
    '  1. Read the rules, and try them:',
    '       port-reactor test',
    '  2. Set the secrets:',
    ...[...secrets, ...more].map(name => `       gh secret set ${name}`),
    '  3. Check and publish:',
    ...(action.startsWith('OWNER/') ? [OWNER_STEP] : []),
    '       port-reactor lint',
    '       git add .github && git commit -m "Port Reactor" && git push',
    '  4. Start the relay, and set up Port: README, steps 3 and 4.',
    '',
  ].join('\n');
}
