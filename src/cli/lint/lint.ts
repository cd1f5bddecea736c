/** The command `lint`: finds mistakes in rules, rule tests, workflows and scripts, and what Port never reports. */
import {resolve} from 'node:path';
import {Command} from 'commander';
import {describeProblem, messageOf, type Problem} from '../../base/errors.ts';
import {readText} from '../../base/read-text.ts';
import {count, printable} from '../../base/text.ts';
import {createPortClient} from '../../clients/port.ts';
import {fetchBlueprints} from '../../lint/catalog/fetch-blueprints.ts';
import {type Blueprints, NO_BLUEPRINTS} from '../../lint/catalog/lint-blueprints.ts';
import {readBlueprintFiles} from '../../lint/catalog/read-blueprints.ts';
import type {LintResult} from '../../lint/lint.ts';
import {filesOf, type Repository, readRepository} from '../../lint/read-repository.ts';
import {type FileProblem, openSource, type SourceFile} from '../../lint/source.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {readPortEnv} from '../shared/port-env.ts';
import {readRulesText} from '../shared/rules-file.ts';
import {atHome, DEFAULT_RULES} from '../shared/rules-home.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';

export interface LintOptions {
  readonly rules: string;
  readonly blueprint?: readonly string[];
  readonly json?: boolean;
}

const HELP = `
Checks the rules, .github/port-reactor.test.yml, each workflow that uses this action, and the scripts that the rules run.
With blueprints, it also finds unknown properties, values outside an enum, wrong types, and properties whose changes Port
never reports (mirrors and calculations). Blueprints come from files, or from Port if its credentials are set.

Environment:
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  to read the blueprints from Port, unless --blueprint names files
  PORT_API_URL                        default: https://api.port.io (US: https://api.us.port.io)
  REACTOR_EVENT_TYPE                  the event type of the relay (default: port-catalog-change)

Exit codes: 0 no mistakes, 1 mistakes, or Port did not answer, 2 wrong usage.

Examples:
  $ port-reactor lint
  $ port-reactor lint --blueprint deploymentConfig.json --blueprint database.json
  $ port-reactor lint --rules rules/production.yml --json
`;

export function createLintCommand(world: CliWorld): Command {
  return new Command('lint')
    .description('find mistakes in rules, rule tests, workflows and scripts')
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option('--blueprint <file.json>', 'a Port blueprint, or a list of blueprints. Can be repeated', collect)
    .option('--json', 'print the result as JSON')
    .option('--no-color', 'accepted for consistency: lint prints no colours')
    .addHelpText('after', HELP)
    .action((options: LintOptions) => lint(options, world));
}

function collect(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, file];
}

/** Ends with exit code 1 if there is a mistake, or if Port was asked and did not answer. @throws {UsageError} */
export async function lint(options: LintOptions, world: CliWorld): Promise<void> {
  const {repository, files} = readFiles(options, world);
  const {blueprints, problems: inBlueprints, failure, notes: ofPort} = await knownBlueprints(files, repository, world);
  const eventType = world.env['REACTOR_EVENT_TYPE']?.trim() || 'port-catalog-change';
  // GitHub's parser of workflows is large: only this command reads it.
  const {lint: lintRepository} = await import(/* webpackMode: "eager" */ '../../lint/lint.ts');
  const found = lintRepository(repository, {blueprints, eventType});
  const problems = [...found.problems, ...inBlueprints];
  const result = {
    problems,
    notes: [...found.notes, ...ofPort],
    files: [...filesOf(repository), ...files.map(({file}) => file)],
  };
  world.write(options.json ? `${printedJson(result, 2)}\n` : render(result));
  if (failure !== undefined) world.writeError(`The blueprints could not be read from Port: ${failure}\n`);
  if (problems.length > 0 || failure !== undefined) world.exitWith(1);
}

interface Files {
  readonly repository: Repository;
  /** Of `--blueprint`. */
  readonly files: readonly SourceFile[];
}

function readFiles({rules, blueprint = []}: LintOptions, world: CliWorld): Files {
  const {cwd, env} = world;
  const home = atHome(rules, world).cwd;
  const problems: Problem[] = [];
  if (blueprint.length === 0 && env['PORT_CLIENT_ID']?.trim()) readPortEnv(env, problems); // Port was to be asked
  readRulesText(rules, home, problems);
  const files = blueprint.map(file => ({file, text: readBlueprint(file, cwd, problems)}));
  if (problems.length > 0) throw new UsageError('lint', problems);
  return {repository: readRepository(home, rules), files};
}

function readBlueprint(file: string, cwd: string, problems: Problem[]): string {
  try {
    return readText(resolve(cwd, file));
  } catch (error) {
    problems.push({message: `--blueprint ${file} can't be read (${messageOf(error)})`});
    return '';
  }
}

interface Known {
  readonly blueprints: Blueprints;
  readonly problems: readonly FileProblem[];
  readonly notes: readonly string[];
  /** Why not all is known that should be. */
  readonly failure?: string;
}

/** Files win over Port; without them and without credentials, nothing is known. */
async function knownBlueprints(files: readonly SourceFile[], {rules}: Repository, world: CliWorld): Promise<Known> {
  if (files.length > 0) return {...readBlueprintFiles(files), notes: []};
  const missing: Problem[] = [];
  const credentials = readPortEnv(world.env, missing);
  if (missing.length > 0) return {blueprints: NO_BLUEPRINTS, problems: [], notes: [UNCOMPARED]};
  const asked = await fetchBlueprints(openSource(rules).json, createPortClient(credentials, world));
  return {...asked, problems: [], notes: []};
}

const UNCOMPARED =
  "Not checked against Port's blueprints. Name them with --blueprint, or set PORT_CLIENT_ID and PORT_CLIENT_SECRET.";

function render({problems, notes, files}: LintResult & {readonly files: readonly string[]}): string {
  const lines = problems.map(problem => printable(describeProblem(problem, problem.file)));
  const summary = `${problems.length === 0 ? 'no mistakes' : count(problems.length, 'mistake')} in ${count(files.length, 'file')}`;
  return `${[...lines, summary, ...notes].join('\n')}\n`;
}
