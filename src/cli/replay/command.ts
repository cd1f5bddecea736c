/** The command `replay`: decides past changes again with the current rules. `--act` dispatches those that would react. */
import {Command} from 'commander';
import type {Problem} from '../../base/errors.ts';
import {printable} from '../../base/text/show.ts';
import type {Change} from '../../change/change.ts';
import {createDispatches} from '../../clients/github/dispatches.ts';
import {gzip} from '../../dispatch/gzip.ts';
import type {Shards} from '../../memory/format/format.ts';
import {createMemoryReader} from '../../reconcile/read-memory.ts';
import {sendChanges} from '../../reconcile/send.ts';
import {type RelaySettings, readRelaySettings} from '../../reconcile/settings.ts';
import {DEFAULT_RULES} from '../../rules/default-path.ts';
import type {Rules} from '../../rules/rules.ts';
import {printedJson} from '../../ui/printed-json.ts';
import {messageLinksOf} from '../explain/message-links.ts';
import {destinationsHere} from '../shared/env/destinations.ts';
import {APP_HELP, type Connected, connect, readGitHubEnv, readMemoryEnv} from '../shared/env/github-env.ts';
import {readPortEnv} from '../shared/env/port-env.ts';
import {collectFiles, MEMORY_OPTION, readMemoryFiles} from '../shared/input/memory-file.ts';
import {readRulesAnywhere} from '../shared/input/rules-anywhere.ts';
import {reportErrors} from '../shared/input/rules-file.ts';
import {UsageError} from '../shared/usage.ts';
import type {CliWorld} from '../shared/world.ts';
import {newOf, replay} from './replay.ts';
import {dataOfReplay, type ReplayResult, renderReplay} from './replay-report.ts';
import {parseSource, type ReplaySource, readSource} from './source.ts';

interface Options {
  readonly since?: string;
  readonly until?: string;
  readonly rules?: string;
  readonly memory?: readonly string[];
  readonly act?: boolean;
  readonly json?: boolean;
}

const HELP = `
Decides past changes again, with the current rules. The first line shows how many would react. The changes come from

  a run      a number or URL. Its decision record is an artifact of the workflow, with limited retention
  a file     events, entries of the audit log, changes, or a decision record. One JSON document, or one per line
  a range    --since and --until select a part of Port's audit log

With GITHUB_REPOSITORY and GITHUB_TOKEN, the command reads the incident memory, and skips changes that were
handled or are older than the memory. Without --act, it sends nothing. With --act, it dispatches the changes
that would react to the workflow. The workflow decides them like any other change, with the same ledger, so no
change reacts twice.

Environment:
  GITHUB_REPOSITORY, GITHUB_TOKEN     for a run, the memory and --act: Contents: write, and Actions: read for a run
${APP_HELP}
  PORT_CLIENT_ID, PORT_CLIENT_SECRET  for the audit log: credentials of an administrator
  MEMORY_REPOSITORY, MEMORY_TOKEN     if the memory is in another repository
  REACTOR_PARTITIONS, REACTOR_EVENT_TYPE  the same values as for the relay

Exit codes: 0 success, 1 some changes could not be read or dispatched, or the rules have mistakes, 2 invalid usage.

Examples:
  $ port-reactor replay https://github.com/acme/operations/actions/runs/1234567890
  $ port-reactor replay changes.ndjson --rules new-rules.yml
  $ port-reactor replay --since 6h --until 2h
  $ port-reactor replay --since 2026-11-28T09:00:00Z --until 2026-11-28T11:00:00Z --act
`;

export function createReplayCommand(world: CliWorld): Command {
  return new Command('replay')
    .description('decide past changes again, with the current rules')
    .argument('[run | file]', 'a run (number or URL), a file with changes, or - for standard input')
    .option('--since <time>', "the start of the range in Port's audit log, such as 24h or 2026-11-28T09:00:00Z")
    .option('--until <time>', 'the end of the range (default: now)')
    .option('--rules <path>', 'the rules file')
    .option('--memory <file>', MEMORY_OPTION, collectFiles)
    .option('--act', 'dispatch the changes that would react')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action((argument: string | undefined, options: Options) => run(argument, options, world));
}

interface Settings {
  readonly source: ReplaySource;
  /** Undefined if the environment has no credentials, and they are not required. */
  readonly connected: Connected | undefined;
  readonly relay: RelaySettings;
}

/** Exits with code 1 if a change could not be read or dispatched. @throws {UsageError} @throws {ReactorError} */
async function run(argument: string | undefined, options: Options, world: CliWorld): Promise<void> {
  const settings = await readSettings(argument, options, world);
  const {source, connected} = settings;
  const github = connected?.github;
  const {rules, error, home} = await readRulesAnywhere({command: 'replay', path: options.rules, github}, world);
  const read = await readSource(source, {rules, github}, world);
  const shards = await readShards(options, connected, world);
  const replayed = replay(read.changes, {
    ...{rules, shards, nowMs: world.now(), messageLinks: messageLinksOf(world.env)},
    known: destinationsHere(rules, options.rules ?? DEFAULT_RULES, home),
  });
  const acted = options.act ? await act(newOf(replayed.changes), {rules, ...settings}, world) : undefined;
  const result: ReplayResult = {
    ...replayed,
    sent: acted?.sent,
    failures: [...read.failures, ...(acted?.failures ?? [])],
    hasMemory: shards !== undefined,
  };
  world.write(
    options.json ? `${printedJson(dataOfReplay(result), 2)}\n` : `${renderReplay(result).map(printable).join('\n')}\n`,
  );
  if (!options.json) for (const failure of result.failures) world.writeError(`${failure}\n`);
  if (result.failures.length > 0) world.exitWith(1);
  reportErrors([error], options.json, world);
}

async function readSettings(argument: string | undefined, options: Options, world: CliWorld): Promise<Settings> {
  const {env} = world;
  const problems: Problem[] = [];
  const source = parseSource({argument, ...options}, world, problems);
  if (source.kind === 'audit' && problems.length === 0) readPortEnv(env, problems);
  const missing: Problem[] = [];
  const access = readGitHubEnv(env, missing);
  const isNeeded = options.act === true || source.kind === 'run';
  if (isNeeded) problems.push(...missing);
  if (options.act && options.memory !== undefined) {
    problems.push({message: "--memory can't be combined with --act, which uses the memory on GitHub"});
  }
  const memory = readMemoryEnv(env, problems);
  const relay = readRelaySettings(env, problems);
  if (problems.length > 0) throw new UsageError('replay', problems);
  const scope = source.kind === 'run' ? 'all' : 'dispatch';
  const connected = missing.length === 0 ? await connect({access, memory, scope}, world) : undefined;
  return {source, connected, relay};
}

/** Undefined if no memory is configured. */
async function readShards(
  options: Options,
  connected: Connected | undefined,
  world: CliWorld,
): Promise<Shards | undefined> {
  const files = readMemoryFiles('replay', options.memory, world);
  if (files !== undefined) return files.shards;
  if (connected === undefined) return undefined;
  return createMemoryReader(connected.memory, world).recall();
}

/** Dispatches the changes. Their ledger keys stay the same. */
function act(
  changes: readonly Change[],
  {rules, connected, relay}: Settings & {readonly rules: Rules},
  world: CliWorld,
) {
  const settings = connected?.github ?? {repository: '', token: '', apiUrl: ''};
  return sendChanges(changes, {rules, ...relay}, {send: createDispatches(settings, world), gzip});
}
