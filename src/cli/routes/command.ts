/** The command `routes`: shows the routing tree, or the destinations for matches with given facts. */
import {Command} from 'commander';
import {suggest} from '../../base/text/nearest.ts';
import type {KnownFacts} from '../../decide/possible-destinations.ts';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import {type RouteKey, type Rules, SEVERITIES} from '../../rules/rules.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {type Line, paint} from '../../ui/terminal.ts';
import {readMoment} from '../shared/at-option.ts';
import {configuredDestinations, parseDestinations} from '../shared/env/destinations.ts';
import {problemsOf, readRulesFile, reportErrors} from '../shared/input/rules-file.ts';
import {atHome} from '../shared/input/rules-home.ts';
import {screenOf} from '../shared/screen.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';

type RouteFacts = {readonly [key in RouteKey]?: string};

interface RoutesOptions extends RouteFacts {
  readonly rules: string;
  readonly destinations?: string;
  readonly at?: string;
  readonly json?: boolean;
  readonly color: boolean;
}

const HELP = `
Without options for a match, it shows each route with its destinations and the rules that can use it, and mute
windows, silences and inhibitions. With --severity, --team and the others up to --rule, it shows which
destinations are notified about such a match, by which route, and what mutes it. If the result depends on an
option that is not set, the answer shows the condition.

Exit codes: 0 success, 1 the rules have mistakes, 2 invalid usage.

Examples:
  $ port-reactor routes
  $ port-reactor routes --severity critical --team payments
  $ port-reactor routes --rule deployment-degraded --environment production --at 2026-11-22T03:00:00Z
  $ port-reactor routes --severity critical --json | jq -r '.destinations[]'
`;

export function createRoutesCommand(world: CliWorld): Command {
  return new Command('routes')
    .description('show the routing tree, or the destinations for a severity, a team, …')
    .option('--severity <severity>', `the severity of the rule: ${SEVERITIES.join(', ')}`)
    .option('--team <names>', 'the teams of the entity, separated by commas')
    .option('--environment <names>', 'the environments of the entity, separated by commas')
    .option('--entity <identifier>', 'the entity')
    .option('--blueprint <identifier>', 'the blueprint of the entity')
    .option('--property <name>', 'the property that the rule watches')
    .option('--rule <name>', 'the name of the rule')
    .option('--rules <path>', 'the rules file', DEFAULT_RULES)
    .option(
      '--destinations <names>',
      'the configured Slack destinations, separated by commas (default: those of the workflow)',
    )
    .option('--at <time>', 'the time for mute windows and silences (default: now)')
    .option('--json', 'print the answer as JSON')
    .option('--no-color', 'print without colors')
    .addHelpText('after', HELP)
    .action((options: RoutesOptions) => routes(options, world));
}

/** @throws {UsageError} @throws {ConfigError} if no rule is valid */
async function routes(options: RoutesOptions, world: CliWorld): Promise<void> {
  const nowMs = readMoment('routes', options.at, world);
  const named = parseDestinations('routes', options.destinations);
  const home = atHome(options.rules, world);
  const {rules, error} = readRulesFile('routes', options.rules, home);
  const question = questionOf(options, rules);
  const known = named ?? configuredDestinations(options.rules, home);
  const screen = screenOf(world.terminal, world.env, options.color);
  const print = (json: object, lines: readonly Line[]) =>
    world.write(
      options.json
        ? `${printedJson({...json, ...problemsOf([error])}, 2)}\n`
        : lines.map(line => `${paint(line, screen.isColored)}\n`).join(''),
    );
  if (Object.keys(question).length === 0) {
    const {routingTree} = await import(/* webpackMode: "eager" */ './routing-tree.ts');
    const {renderTree} = await import(/* webpackMode: "eager" */ './tree-report.ts');
    const tree = routingTree(rules, nowMs);
    print(tree, renderTree(tree, {...screen, known}));
  } else {
    const {answerRoutes} = await import(/* webpackMode: "eager" */ './answer.ts');
    const {renderRouteAnswer: renderAnswer} = await import(/* webpackMode: "eager" */ './answer-report.ts');
    const answer = answerRoutes(rules, question, {nowMs, known});
    print(answer, renderAnswer(answer, {...screen, known}));
  }
  reportErrors([error], options.json, world);
}

const KEYS = ['severity', 'rule', 'blueprint', 'property', 'team', 'environment', 'entity'] as const;
/** An entity can have several of these. */
const LISTS: ReadonlySet<RouteKey> = new Set<RouteKey>(['team', 'environment']);

/** @throws {UsageError} if a severity or a rule does not exist, or a value is empty */
function questionOf(options: RoutesOptions, rules: Rules): KnownFacts {
  const given = KEYS.flatMap(key => {
    const text = options[key];
    if (text === undefined) return [];
    const values = (LISTS.has(key) ? text.split(',') : [text]).map(value => value.trim());
    return [{key, values}];
  });
  const problems = given.flatMap(({key, values}) => values.flatMap(value => mistakeIn(key, value, rules)));
  if (problems.length > 0)
    throw new UsageError(
      'routes',
      problems.map(message => ({message})),
    );
  return Object.fromEntries(given.map(({key, values}) => [key, values]));
}

function mistakeIn(key: RouteKey, value: string, {rules}: Rules): string[] {
  if (value === '') return [`--${key} is empty. Set a value, or omit the option`];
  if (key === 'severity' && !(SEVERITIES as readonly string[]).includes(value))
    return [`--severity "${value}" is not a valid value${suggest(value, SEVERITIES)}`];
  const names = rules.map(({name}) => name);
  if (key !== 'rule' || names.includes(value)) return [];
  return [`there is no rule "${value}"${suggest(value, names)}`];
}
