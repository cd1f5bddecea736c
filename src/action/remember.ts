/** Recall: the run's own memory, if it needs one. Its code is loaded only then. */
import {rereadEntity} from '../act/script/reread.ts';
import type {World} from '../base/deps.ts';
import {ConfigError} from '../base/errors.ts';
import type {Run} from '../base/run.ts';
import type {PortClient} from '../clients/port.ts';
import type {Decision} from '../decide/evaluate.ts';
import {askedInPort, isDueInPort, subjectInPort} from '../incident-view/asked-in-port.ts';
import {concernsMemory} from '../memory/remembered.ts';
import type {MemoryRunInput} from '../memory/run/input.ts';
import type {MemoryRun, openMemory} from '../memory/run/memory-run.ts';
import type {Rules} from '../rules/rules.ts';
import type {Inputs} from './inputs.ts';
import {USUAL_PARTITIONS} from './partition.ts';

/** Loads src/memory/run/memory-run.ts, a bundle of its own. */
export type LoadMemory = () => Promise<{readonly openMemory: typeof openMemory}>;

export interface Occasion {
  readonly rules: Rules;
  readonly decisions: readonly Decision[];
  readonly inputs: Inputs;
  readonly run: Run;
  /** The partition whose changes this run handles alone: no other run writes their shards at the same time. */
  readonly alone: MemoryRunInput['alone'];
  readonly port: () => Promise<PortClient | undefined>;
}

/** What people ask for at the entities of incidents in Port, and the shards that must be read for it. */
function askedFor({rules, decisions, inputs}: Occasion, now: number) {
  const changes = decisions.map(({change}) => change);
  const commands = changes.flatMap(change =>
    askedInPort(rules, change, inputs.port?.clientId).map(asked => ({...asked, at: now})),
  );
  const asking = changes.filter(
    change => isDueInPort(rules, change) || askedInPort(rules, change, inputs.port?.clientId).length > 0,
  );
  return {commands, subjects: asking.map(change => subjectInPort(rules, change))};
}

/** Undefined if the memory is off, or if there is nothing to remember. Never rejects because of the memory's own failures. */
export async function remember(
  occasion: Occasion,
  world: World & {readonly loadMemory: LoadMemory},
): Promise<MemoryRun | undefined> {
  const {rules, decisions, inputs, run, alone, port} = occasion;
  const isClock = inputs.mode === 'clock';
  if (!inputs.memory.isOn && isClock) throw new ConfigError(...CLOCK_WITHOUT_MEMORY);
  const {commands, subjects} = askedFor(occasion, Math.floor(world.now() / 1000));
  const isNeeded = isClock || subjects.length > 0 || concernsMemory(decisions);
  if (!inputs.memory.isOn || !isNeeded) return undefined;
  const {openMemory} = await world.loadMemory();
  return openMemory(
    {
      rules,
      decisions,
      allShards: isClock,
      ...(inputs.bot === undefined ? {} : {partitions: alone?.partitions ?? USUAL_PARTITIONS}),
      commands,
      subjects,
      nowMs: world.now(),
      known: [...inputs.destinations.keys()],
      run: {name: run.name, url: run.url, writes: world.now() % 1_000_000_000},
      alone,
      access: accessOf(inputs, run),
    },
    {
      fetch: world.fetch,
      sleep: milliseconds => world.sleep(milliseconds).catch(() => world.rest(milliseconds)),
      now: world.now,
      reread: async (rule, change) => rereadEntity(rule, change, await port()),
    },
  );
}

const CLOCK_WITHOUT_MEMORY = [
  'The clock has nothing to look at:',
  [{message: 'memory: is off. Remove `memory: off` from the step, or remove the workflow with `mode: clock`.'}],
] as const;

function accessOf({memory: {token, repository}}: Inputs, run: Run) {
  const {apiUrl, graphqlUrl} = run;
  if (token !== undefined) return {repository: repository ?? run.repository, token, apiUrl, graphqlUrl};
  return {missing: 'The incident memory needs a token. Set `github-token` or `memory-token`, or set `memory: off`.'};
}
