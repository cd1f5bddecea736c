/** Backtest: a recording of many changes against the sample rules, with the built command line as a separate process. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createWriteStream, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathOf} from './servers.ts';
import {median} from './stats.ts';
import {round, type Section} from './table.ts';

/** The number of changes and of runs, and the target. */
const RECORDINGS = [
  {size: 100_000, rounds: 3, target: '< 10 s'},
  {size: 300_000, rounds: 1, target: 'about the same memory'},
];
const ENTITIES = 2_000;
const SPACING_MS = 25_000;
const START_MS = Date.parse('2026-10-01T00:00:00Z');
const VALUES = ['Healthy', 'Restarting', 'Degraded', 'Crashed'];

/** The resources that the process used until its end. */
interface Usage {
  readonly wallMs: number;
  readonly userCPUTime: number;
  readonly systemCPUTime: number;
  /** KB */
  readonly maxRSS: number;
}

export async function benchBacktest(): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'port-reactor-bench-'));
  try {
    const rows: string[][] = [];
    for (const {size, rounds, target} of RECORDINGS) {
      const file = join(folder, `${size}.ndjson`);
      await writeRecording(file, size);
      const used: Usage[] = [];
      for (let n = 0; n < rounds; n++) used.push(await backtest(file));
      rows.push([size.toLocaleString('en-US'), ...cellsOf(used), target]);
    }
    return {
      title: 'Backtest',
      method: `\`port-reactor backtest recording.ndjson --json\` with the sample rules: changes of ${ENTITIES.toLocaleString('en-US')} deployments, 0.7 KB each. The median of three processes, or one process for the larger recording. Memory is the peak of all of them.`,
      head: ['changes', 'start to end', 'CPU time', 'memory', 'target'],
      rows,
    };
  } finally {
    rmSync(folder, {recursive: true});
  }
}

function cellsOf(used: readonly Usage[]): string[] {
  const seconds = (of: (usage: Usage) => number) => `${round(median(used.map(of)) / 1_000)} s`;
  const most = Math.max(...used.map(({maxRSS}) => maxRSS)) / 1024;
  return [
    seconds(({wallMs}) => wallMs),
    seconds(({userCPUTime, systemCPUTime}) => (userCPUTime + systemCPUTime) / 1_000),
    `${Math.round(most)} MB`,
  ];
}

async function writeRecording(file: string, size: number): Promise<void> {
  const output = createWriteStream(file);
  for (let n = 0; n < size; n++) {
    if (!output.write(`${JSON.stringify(changeOf(n))}\n`)) await once(output, 'drain');
  }
  output.end();
  await once(output, 'finish');
}

/** The n-th change. The values of its entity alternate. */
function changeOf(n: number): object {
  const turn = Math.floor(n / ENTITIES);
  const side = (at: number) => ({
    properties: {healthStatus: VALUES[at % VALUES.length], replicas: 3, version: `1.${at}`, notes: 'x'.repeat(100)},
    relations: {service: `service-${n % 200}`, cluster: 'prod'},
  });
  return {
    id: `c${n}`,
    source: 'audit',
    action: 'UPDATE',
    blueprint: 'deploymentConfig',
    entity: `deployment-${n % ENTITIES}`,
    title: `Deployment ${n % ENTITIES}`,
    team: ['payments'],
    at: new Date(START_MS + n * SPACING_MS).toISOString(),
    by: {userId: 'u1'},
    origin: 'API',
    before: side(turn),
    after: side(turn + 1),
  };
}

/** A script that writes the resource usage of the process when it exits. */
const PROBE =
  "data:text/javascript,process.on('exit',()=>process.stderr.write(JSON.stringify(process.resourceUsage())))";

async function backtest(file: string): Promise<Usage> {
  const startedMs = performance.now();
  const args = ['--import', PROBE, pathOf('dist/cli/index.js'), 'backtest', file, '--json'];
  const child = spawn(process.execPath, args, {cwd: pathOf('.'), stdio: ['ignore', 'ignore', 'pipe']});
  const chunks: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  const errors = Buffer.concat(chunks).toString();
  if (code !== 0) throw new Error(`backtest ended with ${code}: ${errors}`);
  const usage = JSON.parse(errors.slice(errors.lastIndexOf('{"userCPUTime"'))) as Omit<Usage, 'wallMs'>;
  return {...usage, wallMs: performance.now() - startedMs};
}
