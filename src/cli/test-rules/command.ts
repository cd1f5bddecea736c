/** The command `test`: unit tests for rules. */
import {relative, resolve} from 'node:path';
import {Command} from 'commander';
import {ConfigError, type Problem} from '../../base/errors.ts';
import {readText as readTextFile} from '../../base/text/read-text.ts';
import {clip, oneLine, showValue} from '../../base/text/show.ts';
import {NO_BLUEPRINTS} from '../../lint/catalog/lint-blueprints.ts';
import {remarksOnDestinations} from '../../lint/known-destinations.ts';
import {readRepository} from '../../lint/read-repository.ts';
import {lintTestFile} from '../../lint/rule-tests/lint-test-file.ts';
import {lintAllRules} from '../../lint/rules/lint-all-rules.ts';
import type {FileProblem} from '../../lint/source.ts';
import type {RuleTest} from '../../rule-tests/rule-tests.ts';
import {runRuleTests} from '../../rule-tests/run-rule-tests.ts';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import type {Rules} from '../../rules/rules.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {paint} from '../../ui/terminal.ts';
import {messageLinksOf} from '../explain/message-links.ts';
import {readSubject} from '../explain/subject.ts';
import {destinationsHere} from '../shared/env/destinations.ts';
import {
  addChangeOptions,
  CHANGE_OPTIONS,
  type ChangeOptions,
  flagOf,
  readEventOrOptions,
} from '../shared/input/change-options.ts';
import {readNamedText} from '../shared/input/named-file.ts';
import {findRules, problemsOf, readRulesFile, reportErrors} from '../shared/input/rules-file.ts';
import {atHome} from '../shared/input/rules-home.ts';
import {screenOf} from '../shared/screen.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {renderTestReport, type TestReport} from './test-report.ts';

export const DEFAULT_TESTS = '.github/port-reactor.test.yml';

interface TestOptions extends ChangeOptions {
  readonly one?: boolean;
  readonly rules: string;
  readonly filter?: string;
  readonly json?: boolean;
  readonly color: boolean;
}

const HELP = `
A test describes a change in the catalog and the expected reactions of the rules. To start, add this to
${DEFAULT_TESTS}, next to the rules:

  version: 1
  tests:
    - name: a healthy deployment degrades
      change:
        blueprint: deploymentConfig
        property: healthStatus
        from: Healthy
        to: Degraded
      expect:
        rules: [health-changed, deployment-degraded]    # exactly these rules match
        messages: [{ slack: default, text: Degraded }]  # the messages by destination
        remediations: [{ run: .github/remediations/scale-up.sh }]
    - name: no reaction if the status does not change
      change: { blueprint: deploymentConfig, property: healthStatus, from: Healthy, to: Healthy }
      expect: nothing

Instead of \`change\`, use \`event\` for an event of Port (or the path of a JSON file with an event), or \`changes\` for a
sequence of changes. For the whole format, see docs/rule-tests.md.

Exit codes: 0 all tests pass, 1 a test fails or a file has mistakes, 2 invalid usage.

Examples:
  $ port-reactor test
  $ port-reactor test --filter degrades
  $ port-reactor test --one --blueprint database --property cpuUtil --from 62 --to 91
  $ port-reactor test tests/rules.yml --rules rules.yml --json
`;

export function createTestCommand(world: CliWorld): Command {
  const command = new Command('test')
    .description('run unit tests for rules')
    .argument('[file]', `the tests (default: ${DEFAULT_TESTS})`)
    .option('--one', 'print a test for the change that the options describe, with the current reactions');
  return addChangeOptions(command)
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option('--filter <text>', 'run only tests whose name contains this text')
    .option('--json', 'print the results as JSON')
    .option('--no-color', 'print without colors')
    .addHelpText('after', HELP)
    .action((file: string | undefined, options: TestOptions) =>
      options.one ? printOneTest(file, options, world) : testRules(file, options, world),
    );
}

/** Exits with code 1 if a test fails, or if a file has mistakes. @throws {UsageError} */
function testRules(named: string | undefined, options: TestOptions, user: CliWorld): void {
  const startedAt = user.now();
  const world = atHome(options.rules, user);
  const file = testsFile(named, user.cwd, world.cwd);
  const problems = CHANGE_OPTIONS.filter(name => options[name] !== undefined).map(name => ({
    message: `${flagOf(name)} requires --one`,
  }));
  if (problems.length > 0) throw new UsageError('test', problems);
  const {rules, tests, errors} = load(file, options, world);
  if (rules === undefined || tests.length === 0) {
    if (options.json) world.write(`${printedJson({file, rules: options.rules, ...problemsOf(errors)}, 2)}\n`);
    reportErrors(errors, options.json, world);
    return;
  }
  const known = destinationsHere(rules, options.rules, world);
  const results = runRuleTests(rules, tests, known);
  const failed = results.filter(({passed}) => !passed).length;
  const report: TestReport = {
    file,
    rules: options.rules,
    passed: results.length - failed,
    failed,
    durationMs: world.now() - startedAt,
    remarks: remarksOnDestinations(rules, tests, known),
    results,
    ...problemsOf(errors),
  };
  if (options.json) world.write(`${printedJson(report, 2)}\n`);
  else {
    const screen = screenOf(world.terminal, world.env, options.color);
    for (const line of renderTestReport(report, screen)) world.write(`${paint(line, screen.isColored)}\n`);
  }
  reportErrors(errors, options.json, world);
  if (failed > 0) world.exitWith(1);
}

/** A path that the user typed is relative to the user's folder. */
function testsFile(named: string | undefined, cwd: string, home: string): string {
  return named === undefined || cwd === home ? (named ?? DEFAULT_TESTS) : relative(home, resolve(cwd, named));
}

/** Exits with code 1 if the rules have mistakes. @throws {UsageError} @throws {ConfigError} */
async function printOneTest(file: string | undefined, options: TestOptions, world: CliWorld): Promise<void> {
  const {explain} = await import(/* webpackMode: "eager" */ '../explain/explanation.ts');
  const {renderTest, testOf} = await import(/* webpackMode: "eager" */ './one-test.ts');
  const home = atHome(options.rules, world);
  const {rules, error} = readRulesFile('test', options.rules, home);
  const known = destinationsHere(rules, options.rules, home);
  const {name, text} = await readEventOrOptions({command: 'test', file: undefined, options}, world);
  const subject = readSubject(text, {name, receivedAt: new Date(world.now()).toISOString()});
  const facts = {
    nowMs: world.now(),
    messageLinks: messageLinksOf(world.env),
    memory: undefined,
    isNow: true,
    ...(known === undefined ? {} : {known}),
  };
  const test = testOf(explain(rules, subject, facts), options.property ?? '');
  if (options.json) world.write(`${printedJson({test, ...problemsOf([error])}, 2)}\n`);
  else world.write(renderTest(test, file ?? DEFAULT_TESTS));
  reportErrors([error], options.json, world);
}

interface Loaded {
  /** Undefined if no rule is valid. */
  readonly rules: Rules | undefined;
  /** The tests that can run. */
  readonly tests: readonly RuleTest[];
  /** The mistakes in the files. `lint` reports the same mistakes in tests. */
  readonly errors: readonly ConfigError[];
}

function load(file: string, options: TestOptions, world: CliWorld): Loaded {
  const text = readTestsText(file, world);
  const {rules, error} = findRules('test', options.rules, world);
  const readText = (path: string) => readTextFile(resolve(world.cwd, path));
  const repository = {...readRepository(world.cwd, options.rules), ruleTests: {file, text}, readText};
  const look = lintTestFile(repository, lintAllRules(repository, NO_BLUEPRINTS), NO_BLUEPRINTS);
  const errors = [error, mistakesIn(file, look.problems)].flatMap(one => one ?? []);
  return {rules, tests: filterTests(look.tests, options.filter), errors};
}

function mistakesIn(file: string, problems: readonly FileProblem[]): ConfigError | undefined {
  if (problems.length === 0) return undefined;
  const unique = [...new Map(problems.map(problem => [JSON.stringify(problem), problem])).values()];
  const inOrder = unique.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const own = inOrder.map(({message, line, column}) => ({message, line, column}));
  const mistakes = own.length === 1 ? 'a mistake' : `${own.length} mistakes`;
  return new ConfigError(`The rule tests ${file} have ${mistakes}:`, own, file);
}

function readTestsText(file: string, {cwd}: CliWorld): string {
  const problems: Problem[] = [];
  const remedy = 'Pass a file with rule tests. port-reactor test --help shows an example';
  const text = readNamedText({what: 'the rule tests', file, remedy}, cwd, problems);
  if (problems.length > 0) throw new UsageError('test', problems);
  return text;
}

/** The maximum number of names in the message. */
const MAX_NAMES = 5;

function filterTests(tests: readonly RuleTest[], filter: string | undefined): readonly RuleTest[] {
  if (filter === undefined || tests.length === 0) return tests;
  const chosen = tests.filter(({name}) => name.toLowerCase().includes(filter.toLowerCase()));
  if (chosen.length > 0) return chosen;
  const names = tests.slice(0, MAX_NAMES).map(({name}) => `"${clip(oneLine(name), 80)}"`);
  const more = tests.length > names.length ? ` and ${tests.length - names.length} more` : '';
  const message = `no test name contains "${showValue(filter)}". Tests: ${names.join(', ')}${more}`;
  throw new UsageError('test', [{message}]);
}
