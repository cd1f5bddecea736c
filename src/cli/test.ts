/** The command `test`: unit tests for rules. */
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {Command} from 'commander';
import {ConfigError, messageOf} from '../errors.ts';
import {remarksOnDestinations} from '../lint/known-destinations.ts';
import {parseRuleTests} from '../rule-tests/parse-rule-tests.ts';
import type {RuleTest} from '../rule-tests/rule-tests.ts';
import {runRuleTests} from '../rule-tests/run-rule-tests.ts';
import type {Rules} from '../rules/rules.ts';
import {clip, oneLine, showValue} from '../text.ts';
import {destinationsHere} from './destinations.ts';
import {printedJson} from './printed-json.ts';
import {DEFAULT_RULES, readRules} from './rules-file.ts';
import {screenOf} from './screen.ts';
import {paint} from './terminal.ts';
import {renderTestReport, type TestReport} from './test-report.ts';
import {UsageError} from './usage.ts';
import type {World} from './world.ts';

export const DEFAULT_TESTS = '.github/port-reactor.test.yml';

interface TestOptions {
  readonly rules: string;
  readonly filter?: string;
  readonly json?: boolean;
  readonly color: boolean;
}

const HELP = `
A test says what happens in the catalog and what the rules are to make of it. To begin, put this into
${DEFAULT_TESTS}, beside the rules:

  version: 1
  tests:
    - name: a healthy deployment degrades
      change:
        blueprint: deploymentConfig
        property: healthStatus
        from: Healthy
        to: Degraded
      expect:
        rules: [health-changed, deployment-degraded]    # these match, and no others
        messages: [{ slack: default, text: Degraded }]  # what is told where
        remediations: [{ run: .github/remediations/scale-up.sh }]
    - name: nothing, when the status stays
      change: { blueprint: deploymentConfig, property: healthStatus, from: Healthy, to: Healthy }
      expect: nothing

Also event: <an event of Port's, or the path of a JSON file with one>, and changes: a list, for several in a row.
The whole format: docs/rule-tests.md.

Exit codes: 0 all pass, 1 a test fails or a file has mistakes, 2 wrong usage.

Examples:
  $ port-reactor test
  $ port-reactor test --filter degrades
  $ port-reactor test tests/rules.yml --rules rules.yml --json
`;

export function createTestCommand(world: World): Command {
  return new Command('test')
    .description('unit tests for rules')
    .argument('[file]', 'the tests', DEFAULT_TESTS)
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option('--filter <text>', 'only the tests whose name holds this text')
    .option('--json', 'print the results as JSON')
    .option('--no-color', 'no colours')
    .addHelpText('after', HELP)
    .action((file: string, options: TestOptions) => testRules(file, options, world));
}

/** Ends with exit code 1 where a test fails, or where there are mistakes in the files. @throws {UsageError} */
function testRules(file: string, options: TestOptions, world: World): void {
  const startedAt = world.now();
  const loaded = load(file, options, world);
  if (loaded === undefined) {
    world.exitWith(1);
    return;
  }
  const {rules, tests} = loaded;
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
  };
  if (options.json) world.write(`${printedJson(report, 2)}\n`);
  else {
    const screen = screenOf(world.terminal, world.env, options.color);
    for (const line of renderTestReport(report, screen)) world.write(`${paint(line, screen.isColoured)}\n`);
  }
  if (failed > 0) world.exitWith(1);
}

/** Undefined where a file has mistakes, which are told: those of both files at once. */
function load(file: string, options: TestOptions, world: World): {rules: Rules; tests: RuleTest[]} | undefined {
  const text = readTestsText(file, world);
  const rules = orTell(() => readRules('test', options.rules, world), world);
  const readText = (path: string) => readFileSync(resolve(world.cwd, path), 'utf8');
  const tests = orTell(() => parseRuleTests(text, file, rules, readText), world);
  if (rules === undefined || tests === undefined) return undefined;
  return {rules, tests: filterTests(tests, options.filter)};
}

function readTestsText(file: string, {cwd}: World): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    const message = `the tests ${file} can't be read (${messageOf(error)}); port-reactor test --help shows how to begin`;
    throw new UsageError('test', [{message}]);
  }
}

function orTell<T>(read: () => T, {complain}: World): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError) || error instanceof UsageError) throw error;
    complain(`${error.message}\n`);
    return undefined;
  }
}

/** Enough to see how names look. */
const MAX_NAMES = 5;

function filterTests(tests: RuleTest[], filter: string | undefined): RuleTest[] {
  if (filter === undefined) return tests;
  const chosen = tests.filter(({name}) => name.toLowerCase().includes(filter.toLowerCase()));
  if (chosen.length > 0) return chosen;
  const names = tests.slice(0, MAX_NAMES).map(({name}) => `"${clip(oneLine(name), 80)}"`);
  const more = tests.length > names.length ? ` and ${tests.length - names.length} more` : '';
  const message = `no test's name holds "${showValue(filter)}"; there ${tests.length === 1 ? 'is' : 'are'} ${names.join(', ')}${more}`;
  throw new UsageError('test', [{message}]);
}
