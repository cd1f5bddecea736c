/** Runs the demo from start to end: runs the scenario, checks the results, and optionally keeps serving. */
import {writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {pathToFileURL} from 'node:url';
import {ConfigError} from '../base/errors.ts';
import type {CliWorld} from '../cli/shared/world.ts';
import {isFree} from '../ui/local-server.ts';
import {type Line, paint} from '../ui/terminal.ts';
import {DEGRADES, webhookBody} from './catalog.ts';
import {type DemoEnvironment, startEnvironment} from './environment.ts';
import type {History} from './history.ts';
import {findLocations} from './locations.ts';
import {prepareOut} from './page/records.ts';
import {runScenario, SCENARIO} from './scenario.ts';
import type {ScreenContext} from './terminal/layout.ts';
import {renderClosing, renderDelivery, renderOpening, renderTryIt} from './terminal/screen.ts';
import {renderRunScreen} from './terminal/screen-run.ts';
import {tryItCommands} from './terminal/try-it.ts';

export interface DemoSettings {
  /** Whether everything keeps running after the scenario. */
  readonly isServing: boolean;
  /** `wanted` is 0 for any free port. If the port is in use and not fixed, the demo uses another one. */
  readonly port: {readonly wanted: number; readonly isFixed: boolean};
  readonly out: string | undefined;
  /** The webhook secrets, separated by commas during a rotation. */
  readonly secret: string;
  /** Whether the user set the secret. The demo does not show it then. */
  readonly isOwnSecret: boolean;
  readonly slackUrl: string | undefined;
  readonly proxyUrl: string | undefined;
  readonly isColored: boolean;
  readonly width: number;
}

/** Writes lines to the terminal. */
type Write = (lines: readonly Line[]) => void;

/**
 * @returns whether all checks passed
 * @throws {ConfigError} if a file is missing or a port is in use
 */
export async function runDemo(settings: DemoSettings, world: CliWorld): Promise<boolean> {
  const interrupted = world.interrupted();
  const locations = findLocations(world.dist);
  const port = await choosePort(settings.port);
  const outDir = prepareOut(settings.out, world.cwd, tmpdir());
  const write: Write = lines => {
    for (const line of lines) world.write(`${paint(line, settings.isColored).trimEnd()}\n`);
  };
  const startedAtMs = world.now();
  const hostPath = world.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  const onRemark = (remark: string) => world.writeError(`relay: ${remark}\n`);
  const environment = await startEnvironment({...settings, locations, outDir, port, hostPath}, {...world, onRemark});
  try {
    const context = (): ScreenContext => ({
      ...environment.context(),
      nowMs: world.now(),
      width: settings.width,
      pagesUrl: pathToFileURL(outDir).href,
      isRealSlack: settings.slackUrl !== undefined,
    });
    write(renderOpening(context()));
    const [secret = ''] = settings.secret.split(',');
    const scenario = runScenario(environment, {...world, secret: secret.trim(), write, context});
    const different = await Promise.race([scenario, interrupted]);
    if (different === undefined) return false;
    await allDeliveries(environment.history);
    const tookMs = world.now() - startedAtMs;
    write(renderClosing(environment.history, {different, tookMs, page: join(outDir, 'index.html')}, context()));
    if (settings.isServing) await serve({environment, outDir, write, context, interrupted}, settings, world);
    return different.length === 0;
  } finally {
    await environment.close();
  }
}

/** @throws {ConfigError} if a fixed port is in use */
async function choosePort({wanted, isFixed}: DemoSettings['port']): Promise<number> {
  if (wanted === 0 || (await isFree(wanted))) return wanted;
  if (!isFixed) return 0;
  const message = `port ${wanted} is in use by another program. Choose another with --port, or omit --port to use a free one`;
  throw new ConfigError("The demo can't start:", [{message}]);
}

/** Waits for the last log lines of the relay, which logs a webhook after its response. */
async function allDeliveries(history: History): Promise<void> {
  await history.until(({deliveries}) => deliveries.length >= SCENARIO.length || undefined, 1_000);
}

interface Serving {
  readonly environment: DemoEnvironment;
  readonly outDir: string;
  readonly write: Write;
  readonly context: () => ScreenContext;
  readonly interrupted: Promise<void>;
}

/** Shows incoming webhooks until the user stops the demo. */
async function serve(
  {environment, outDir, write, context, interrupted}: Serving,
  settings: DemoSettings,
  world: CliWorld,
): Promise<void> {
  const {history, relayUrl} = environment;
  const event = join(outDir, 'event-to-send.json');
  writeFileSync(event, JSON.stringify(webhookBody(DEGRADES, new Date(world.now()).toISOString())));
  const commands = tryItCommands({
    relayUrl,
    secret: settings.isOwnSecret ? undefined : settings.secret,
    cli: relative(world.cwd, join(world.dist, 'cli', 'index.js')),
    event,
  });
  const usesOtherPort = settings.port.wanted !== 0 && !relayUrl.endsWith(`:${settings.port.wanted}`);
  const taken = usesOtherPort ? settings.port.wanted : undefined;
  write(renderTryIt(commands, {relayUrl, taken, isFed: settings.proxyUrl !== undefined}, context()));
  const stop = writeNews(history, write, context);
  await interrupted;
  stop();
}

/** Writes each new delivery and each run that has ended, once. */
function writeNews(history: History, write: Write, context: () => ScreenContext): () => void {
  let deliveries = history.deliveries.length;
  const written = new Set(history.runs.map(({id}) => id));
  return history.onChange(() => {
    for (const delivery of history.deliveries.slice(deliveries)) write(renderDelivery(delivery, context()));
    deliveries = history.deliveries.length;
    for (const run of history.runs) {
      if (run.ended === undefined || written.has(run.id)) continue;
      written.add(run.id);
      write([[], ...renderRunScreen(run, run.ended, context())]);
    }
  });
}
