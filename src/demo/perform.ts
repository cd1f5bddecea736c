/** The demo from its opening to its end: the story, what came of it, and the serving of whatever comes then. */
import {writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {pathToFileURL} from 'node:url';
import {ConfigError} from '../base/errors.ts';
import type {CliWorld} from '../cli/shared/world.ts';
import {isFree} from '../ui/local-server.ts';
import {type Line, paint} from '../ui/terminal.ts';
import {DEGRADES, webhookBody} from './catalog.ts';
import type {History} from './history.ts';
import {findInstall} from './install.ts';
import {prepareOut} from './page/records.ts';
import {type Stage, startStage} from './stage.ts';
import {playStory, STORY} from './story.ts';
import type {ScreenContext} from './terminal/layout.ts';
import {renderClosing, renderDelivery, renderOpening, renderTryIt} from './terminal/screen.ts';
import {renderRunScreen} from './terminal/screen-run.ts';
import {tryItCommands} from './terminal/try-it.ts';

export interface Performance {
  /** Whether everything stays there after the story. */
  readonly isServing: boolean;
  /** The relay's port. If it is taken and not fixed, another one is used. 0: any. */
  readonly port: {readonly wanted: number; readonly isFixed: boolean};
  readonly out: string | undefined;
  /** What webhooks are signed with; several, with commas between them, while they are rotated. */
  readonly secret: string;
  /** Whether the secret is the user's, and is not to be shown. */
  readonly isOwnSecret: boolean;
  readonly slackUrl: string | undefined;
  readonly proxyUrl: string | undefined;
  readonly isColoured: boolean;
  readonly width: number;
}

/** Something that is shown, line by line. */
type Write = (lines: readonly Line[]) => void;

/** @returns whether all checks passed @throws {ConfigError} if something is missing or taken */
export async function perform(settings: Performance, world: CliWorld): Promise<boolean> {
  const interrupted = world.interrupted();
  const install = findInstall(world.dist);
  const port = await choosePort(settings.port);
  const outDir = prepareOut(settings.out, world.cwd, tmpdir());
  const write: Write = lines => {
    for (const line of lines) world.write(`${paint(line, settings.isColoured).trimEnd()}\n`);
  };
  const startedAtMs = world.now();
  const hostPath = world.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  const onRemark = (remark: string) => world.writeError(`relay: ${remark}\n`);
  const stage = await startStage({...settings, install, outDir, port, hostPath}, {...world, onRemark});
  try {
    const context = (): ScreenContext => ({
      ...stage.context(),
      nowMs: world.now(),
      width: settings.width,
      pagesUrl: pathToFileURL(outDir).href,
      isRealSlack: settings.slackUrl !== undefined,
    });
    write(renderOpening(context()));
    const [secret = ''] = settings.secret.split(',');
    const story = playStory(stage, {...world, secret: secret.trim(), write, context});
    const different = await Promise.race([story, interrupted]);
    if (different === undefined) return false;
    await allDeliveries(stage.history);
    const tookMs = world.now() - startedAtMs;
    write(renderClosing(stage.history, {different, tookMs, page: join(outDir, 'index.html')}, context()));
    if (settings.isServing) await serve({stage, outDir, write, context, interrupted}, settings, world);
    return different.length === 0;
  } finally {
    await stage.close();
  }
}

/** @throws {ConfigError} for a fixed one that is taken */
async function choosePort({wanted, isFixed}: Performance['port']): Promise<number> {
  if (wanted === 0 || (await isFree(wanted))) return wanted;
  if (!isFixed) return 0;
  const message = `port ${wanted} is in use by another program: name another with --port, or leave it out for a free one`;
  throw new ConfigError("The demo can't start:", [{message}]);
}

/** The relay logs a webhook after it has answered, so the last line may be on its way. */
async function allDeliveries(history: History): Promise<void> {
  await history.until(({deliveries}) => deliveries.length >= STORY.length || undefined, 1_000);
}

interface Serving {
  readonly stage: Stage;
  readonly outDir: string;
  readonly write: Write;
  readonly context: () => ScreenContext;
  readonly interrupted: Promise<void>;
}

/** Shows what comes in until the user has had enough. */
async function serve(
  {stage, outDir, write, context, interrupted}: Serving,
  settings: Performance,
  world: CliWorld,
): Promise<void> {
  const {history, relayUrl} = stage;
  const event = join(outDir, 'event-to-send.json');
  writeFileSync(event, JSON.stringify(webhookBody(DEGRADES, new Date(world.now()).toISOString())));
  const commands = tryItCommands({
    relayUrl,
    secret: settings.isOwnSecret ? undefined : settings.secret,
    cli: relative(world.cwd, join(world.dist, 'cli', 'index.js')),
    event,
  });
  const isElsewhere = settings.port.wanted !== 0 && !relayUrl.endsWith(`:${settings.port.wanted}`);
  const taken = isElsewhere ? settings.port.wanted : undefined;
  write(renderTryIt(commands, {relayUrl, taken, isFed: settings.proxyUrl !== undefined}, context()));
  const stop = writeNews(history, write, context);
  await interrupted;
  stop();
}

/** Writes each new delivery and each run that is over, once. */
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
