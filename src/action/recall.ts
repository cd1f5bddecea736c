/** Recall: opens the incident memory if this run needs it. Its code is loaded only then. */
import {rereadEntity} from '../act/script/reread.ts';
import type {World} from '../base/deps.ts';
import {ConfigError} from '../base/errors.ts';
import type {Run} from '../base/run.ts';
import {DEFAULT_PARTITIONS} from '../change/event/incoming.ts';
import type {PortClient} from '../clients/port.ts';
import type {Decision} from '../decide/evaluate.ts';
import {incidentSubject, isIncidentDue, portCommandsIn} from '../incident-view/port-commands.ts';
import {needsMemory} from '../memory/remembered.ts';
import type {MemoryRunInput} from '../memory/run/input.ts';
import type {MemoryRun, openMemory} from '../memory/run/memory-run.ts';
import type {Rules} from '../rules/rules.ts';
import type {Inputs} from './inputs.ts';

/** Loads src/memory/run/memory-run.ts, which is a separate bundle. */
export type LoadMemory = () => Promise<{readonly openMemory: typeof openMemory}>;

export interface RecallOptions {
  readonly rules: Rules;
  readonly decisions: readonly Decision[];
  readonly inputs: Inputs;
  readonly run: Run;
  /** The partition whose shards only this run writes. */
  readonly exclusive: MemoryRunInput['exclusive'];
  readonly port: () => Promise<PortClient | undefined>;
}

/** The commands that people gave in Port, and the incidents whose shards must be read for them. */
function requestedCommands({rules, decisions, inputs}: RecallOptions, now: number) {
  const changes = decisions.map(({change}) => change);
  const commands = changes.flatMap(change =>
    portCommandsIn(rules, change, inputs.port?.clientId).map(command => ({...command, at: now})),
  );
  const commandChanges = changes.filter(
    change => isIncidentDue(rules, change) || portCommandsIn(rules, change, inputs.port?.clientId).length > 0,
  );
  return {commands, subjects: commandChanges.map(change => incidentSubject(rules, change))};
}

/** Undefined if the memory is off or not needed. Never rejects because of a failure of the memory. */
export async function recall(
  options: RecallOptions,
  world: World & {readonly loadMemory: LoadMemory},
): Promise<MemoryRun | undefined> {
  const {rules, decisions, inputs, run, exclusive, port} = options;
  const isClock = inputs.mode === 'clock';
  if (!inputs.memory.isOn && isClock) throw new ConfigError(...CLOCK_WITHOUT_MEMORY);
  const {commands, subjects} = requestedCommands(options, Math.floor(world.now() / 1000));
  const isNeeded = isClock || subjects.length > 0 || needsMemory(decisions);
  if (!inputs.memory.isOn || !isNeeded) return undefined;
  const {openMemory} = await world.loadMemory();
  return openMemory(
    {
      rules,
      decisions,
      allShards: isClock,
      ...(inputs.bot === undefined ? {} : {partitions: exclusive?.partitions ?? DEFAULT_PARTITIONS}),
      commands,
      subjects,
      nowMs: world.now(),
      known: [...inputs.destinations.keys()],
      run: {name: run.name, url: run.url, writes: world.now() % 1_000_000_000},
      exclusive,
      access: accessOf(inputs, run),
    },
    {
      fetch: world.fetch,
      sleep: milliseconds => world.sleep(milliseconds).catch(() => world.sleepEvenIfCancelled(milliseconds)),
      now: world.now,
      reread: async (rule, change) => rereadEntity(rule, change, await port()),
    },
  );
}

const CLOCK_WITHOUT_MEMORY = [
  'mode: clock has no timers to check:',
  [{message: 'memory: is off. Remove `memory: off` from the step, or remove the workflow with `mode: clock`.'}],
] as const;

function accessOf({memory: {token, repository}}: Inputs, run: Run) {
  const {apiUrl, graphqlUrl} = run;
  if (token !== undefined) return {repository: repository ?? run.repository, token, apiUrl, graphqlUrl};
  return {missing: 'The incident memory needs a token. Set `github-token` or `memory-token`, or set `memory: off`.'};
}
