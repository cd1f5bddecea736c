/** The command `lint`: finds mistakes in rules, rule tests, workflows and scripts, and changes that Port never reports. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {Command} from 'commander';
import {describeProblem, type Problem} from '../../base/errors.ts';
import {count, printable} from '../../base/text/show.ts';
import {createPortClient, type PortObject} from '../../clients/port.ts';
import {fetchBlueprints} from '../../lint/catalog/fetch-blueprints.ts';
import {type Blueprints, NO_BLUEPRINTS} from '../../lint/catalog/lint-blueprints.ts';
import {readBlueprintFiles} from '../../lint/catalog/read-blueprints.ts';
import {BLUEPRINTS_FOLDER, blueprintFile, blueprintText, savedBlueprints} from '../../lint/catalog/saved-blueprints.ts';
import type {LintResult} from '../../lint/lint.ts';
import {filesOf, type Repository, readRepository} from '../../lint/read-repository.ts';
import {type FileProblem, openSource, type SourceFile} from '../../lint/source.ts';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {readPortEnv} from '../shared/env/port-env.ts';
import {readBlueprintText} from '../shared/input/named-file.ts';
import {readRulesText} from '../shared/input/rules-file.ts';
import {atHome} from '../shared/input/rules-home.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';

export interface LintOptions {
  readonly rules: string;
  readonly blueprint?: readonly string[];
  readonly fetch?: boolean;
  readonly json?: boolean;
}

const HELP = `
Checks the rules, .github/port-reactor.test.yml, .github/port-reactor.protected.yml, each workflow that uses
this action, and the scripts that the rules run. With blueprints, it also finds unknown properties, values
outside an enum, incorrect types, and properties whose changes Port never reports (mirrors and calculations).
Blueprints come from --blueprint, or from Port if its credentials are set, or from .github/blueprints/*.json.
--fetch saves the blueprints that the rules watch in this folder, for later checks.

Environment:
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  to read the blueprints from Port
  PORT_API_URL                        default: https://api.port.io (US: https://api.us.port.io)
  REACTOR_EVENT_TYPE                  the event type of the relay (default: port-catalog-change)

Exit codes: 0 no mistakes, 1 mistakes, or Port did not answer, 2 invalid usage.

Examples:
  $ port-reactor lint
  $ port-reactor lint --blueprint deploymentConfig.json --blueprint database.json
  $ port-reactor lint --fetch
  $ port-reactor lint --rules rules/production.yml --json
`;

export function createLintCommand(world: CliWorld): Command {
  return new Command('lint')
    .description('find mistakes in rules, rule tests, workflows and scripts')
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option('--blueprint <file.json>', 'a Port blueprint, or a list of blueprints. Can be repeated', collect)
    .option('--fetch', 'save the watched blueprints in .github/blueprints')
    .option('--json', 'print the result as JSON')
    .option('--no-color', 'accepted for consistency (lint prints no colors)')
    .addHelpText('after', HELP)
    .action((options: LintOptions) => runLint(options, world));
}

function collect(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, file];
}

/** Exits with code 1 if there is a mistake, or if a request to Port failed. @throws {UsageError} */
export async function runLint(options: LintOptions, world: CliWorld): Promise<void> {
  const {repository, files, home} = readFiles(options, world);
  const known = await loadBlueprints(files, {repository, home, fetch: options.fetch === true}, world);
  const {blueprints, problems: inBlueprints, failure, notes: ofPort, saved} = known;
  const eventType = world.env['REACTOR_EVENT_TYPE']?.trim() || 'port-catalog-change';
  // GitHub's workflow parser is large, so it is loaded on demand.
  const {lint: lintRepository} = await import(/* webpackMode: "eager" */ '../../lint/lint.ts');
  const found = lintRepository(repository, {blueprints, eventType});
  const problems = [...found.problems, ...inBlueprints];
  const result = {
    problems,
    notes: [...found.notes, ...ofPort],
    files: [...filesOf(repository), ...files.map(({file}) => file)],
  };
  world.write(options.json ? `${printedJson(result, 2)}\n` : render(result));
  if (saved.length > 0) world.writeError(`Saved: ${saved.join(', ')}\n`);
  if (failure !== undefined) world.writeError(`The blueprints could not be read from Port: ${failure}\n`);
  if (problems.length > 0 || failure !== undefined) world.exitWith(1);
}

interface Files {
  readonly repository: Repository;
  /** The files of `--blueprint`, or the saved blueprints. */
  readonly files: readonly SourceFile[];
  readonly home: string;
}

function readFiles({rules, blueprint = [], fetch}: LintOptions, world: CliWorld): Files {
  const {cwd, env} = world;
  const home = atHome(rules, world).cwd;
  const problems: Problem[] = [];
  const fetchesFromPort = fetch === true || (blueprint.length === 0 && Boolean(env['PORT_CLIENT_ID']?.trim()));
  if (fetch === true && blueprint.length > 0) problems.push({message: '--fetch and --blueprint: use one of them'});
  if (fetchesFromPort) readPortEnv(env, problems);
  readRulesText(rules, home, problems);
  const files = blueprint.map(file => ({file, text: readBlueprintText(file, cwd, problems)}));
  const saved = fetchesFromPort || blueprint.length > 0 ? [] : savedBlueprints(home);
  const ofHome = saved.map(file => ({file, text: readBlueprintText(file, home, problems)}));
  if (problems.length > 0) throw new UsageError('lint', problems);
  return {repository: readRepository(home, rules), files: [...files, ...ofHome], home};
}

interface Known {
  readonly blueprints: Blueprints;
  readonly problems: readonly FileProblem[];
  readonly notes: readonly string[];
  /** Why Port returned no blueprints. */
  readonly failure?: string;
  /** The paths of the written files. */
  readonly saved: readonly string[];
}

interface Place {
  readonly repository: Repository;
  readonly home: string;
  /** Whether to save what Port returns. */
  readonly fetch: boolean;
}

/** Files take precedence over Port. Empty without files and without credentials. */
async function loadBlueprints(
  files: readonly SourceFile[],
  {repository, home, fetch}: Place,
  world: CliWorld,
): Promise<Known> {
  if (files.length > 0) return {...readBlueprintFiles(files), notes: [], saved: []};
  const missing: Problem[] = [];
  const credentials = readPortEnv(world.env, missing);
  if (missing.length > 0) return {blueprints: NO_BLUEPRINTS, problems: [], notes: [UNCOMPARED], saved: []};
  const fetched = await fetchBlueprints(openSource(repository.rules).json, createPortClient(credentials, world));
  const saved = fetch ? save([...fetched.blueprints.known.values()], home) : [];
  return {...fetched, problems: [], notes: [], saved};
}

/** @returns the paths, relative to the root of the repository */
function save(blueprints: readonly (PortObject | undefined)[], home: string): string[] {
  const found = blueprints.filter(blueprint => blueprint !== undefined);
  if (found.length > 0) mkdirSync(resolve(home, BLUEPRINTS_FOLDER), {recursive: true});
  return found.map(blueprint => {
    const file = blueprintFile(String(blueprint['identifier']));
    writeFileSync(resolve(home, file), blueprintText(blueprint));
    return file;
  });
}

const UNCOMPARED =
  "⚠ NOT CHECKED AGAINST PORT'S BLUEPRINTS: lint cannot find properties and values that do not exist in Port. Set PORT_CLIENT_ID and " +
  'PORT_CLIENT_SECRET, run `port-reactor lint --fetch` once, and commit the blueprints that it saves in .github/blueprints.';

function render({problems, notes, files}: LintResult & {readonly files: readonly string[]}): string {
  const lines = problems.map(problem => printable(describeProblem(problem, problem.file)));
  const summary = `${problems.length === 0 ? 'no mistakes' : count(problems.length, 'mistake')} in ${count(files.length, 'file')}`;
  return `${[...lines, summary, ...notes].join('\n')}\n`;
}
