/** `relay --setup`: creates the relay's GitHub App in a browser, and writes the relay's settings to a file. */
import type {Sleep} from '../../../base/deps.ts';
import {ConfigError, messageOf, ReactorError} from '../../../base/errors.ts';
import {showDuration} from '../../../base/text/show.ts';
import {type LocalServer, listenLocally} from '../../../ui/local-server.ts';
import type {NextStep} from '../../shared/next-step.ts';
import type {CliWorld} from '../../shared/world.ts';
import {isExposedToGit, renderEnvFile, writeEnvFile} from './env-file.ts';
import {type CreatedApp, exchangeCode, findInstallation, installationUrl, organizationOf} from './github.ts';
import {stepsAfterSetup} from './next-steps.ts';
import {Session} from './session.ts';
import type {SetupSettings} from './settings.ts';
import {createSetupSite, type SetupSite} from './site.ts';
import {openChannel} from './smee-channel.ts';

/** The setup ended before the App was installed. */
class SetupEnded extends ReactorError {}

/** The time limit for the browser to fetch the last page. */
const LAST_PAGE_MS = 3_000;

const POLL_MS = 2_000;

/** Resolves when the App is installed. @throws {ReactorError} with the remaining steps */
export async function setUp(settings: SetupSettings, world: CliWorld): Promise<void> {
  const {smeeUrl, owner, apiUrl} = settings;
  const [org, channel] = await Promise.all([
    settings.org ?? organizationOf(owner, apiUrl, world.fetch),
    smeeUrl === undefined ? undefined : openChannel(smeeUrl, world.fetch),
  ]);
  const setup = new Setup(settings, channel, world);
  const site = createSetupSite({
    ...{settings, org, session: setup.session},
    create: code => setup.create(code),
    cancel: () => setup.end('Cancelled'),
    next: () => setup.next,
    report: problem => world.writeError(`${problem}\n`),
  });
  const server = await open(site, settings);
  try {
    const done = setup.run(); // handles Ctrl-C from here on, so it starts before the page is announced
    world.write(openingMessage(`${server.url}${site.path}`, settings));
    await done;
  } finally {
    if (!setup.isInterrupted) await within(LAST_PAGE_MS, site.lastPageSent, world.sleep);
    await server.close();
  }
}

async function open(site: SetupSite, {port}: SetupSettings): Promise<LocalServer> {
  try {
    return await listenLocally(site.handler, port);
  } catch (error) {
    throw new ConfigError(`The page can't listen on port ${port} (${messageOf(error)}).`, [
      {message: 'Set another port with --port, or omit the option.'},
    ]);
  }
}

function openingMessage(url: string, {repository, file, waitMs}: SetupSettings): string {
  return `Open this page in a browser on this machine. It creates a GitHub App for ${repository}:

  ${url}

The key of the App is saved in ${file}. The page waits for ${showDuration(waitMs)}. Ctrl-C stops it.
`;
}

class Setup {
  readonly session = new Session();
  isInterrupted = false;
  /** Ends the waits. */
  readonly #over = new AbortController();
  readonly #settings: SetupSettings;
  readonly #channel: string | undefined;
  readonly #world: CliWorld;
  /** The content of the settings file. */
  #text = '';
  #creating: Promise<void> | undefined;

  constructor(settings: SetupSettings, channel: string | undefined, world: CliWorld) {
    this.#settings = settings;
    this.#channel = channel;
    this.#world = world;
  }

  get next(): readonly NextStep[] {
    const {file} = this.#settings;
    return stepsAfterSetup({file, text: this.#text, channel: this.#channel}, this.#world);
  }

  /** Runs until the App is installed, the user cancels, or the time limit is reached. */
  async run(): Promise<void> {
    const {interrupted, sleep} = this.#world;
    void interrupted().then(() => {
      this.isInterrupted = true;
      this.end('Stopped');
    });
    const {waitMs} = this.#settings;
    const {signal} = this.#over;
    void sleep(waitMs, signal).then(() => {
      if (!signal.aborted) this.end(`No answer within ${showDuration(waitMs)}`);
    });
    try {
      await Promise.race([this.#untilInstalled(), this.#untilEnded()]);
    } finally {
      this.#over.abort();
    }
  }

  /** Waits for an exchange in progress: its code works only once, so its App must be saved. */
  end(why: string): void {
    const settled = Promise.allSettled([this.#creating]);
    void settled.then(() => {
      const {phase} = this.session;
      if (phase.kind === 'installed' || phase.kind === 'ended') return;
      this.session.moveTo({kind: 'ended', why: `${why}. ${this.#leftovers()}`});
    });
  }

  /** Describes the created objects and the remaining steps. */
  #leftovers(): string {
    const {phase} = this.session;
    const {file, repository} = this.#settings;
    if (phase.kind !== 'created') return `No App was received, and ${file} was not written.`;
    return `The App exists, and ${file} has its settings. Install it on ${repository}: ${installationUrl(phase.app)}`;
  }

  create(code: string): Promise<void> {
    const {session} = this;
    if (session.phase.kind !== 'start') throw new SetupEnded('The setup has already completed this step.');
    this.#creating = this.#create(code);
    return this.#creating;
  }

  async #create(code: string): Promise<void> {
    const app = await exchangeCode(code, this.#settings.apiUrl, this.#world.fetch);
    this.#text = renderEnvFile(app, this.#settings, this.#channel);
    writeEnvFile(this.#settings, this.#text, app);
    this.session.moveTo({kind: 'created', app, problem: undefined});
    this.#reportCreated(app);
  }

  #reportCreated(app: CreatedApp): void {
    const {file, path, repository} = this.#settings;
    this.#world.write(`\nThe App exists: ${app.url}\nIts settings are in ${file}, which only you can read.\n`);
    if (isExposedToGit(path)) {
      this.#world.writeError(
        `${file} contains a key, and git does not ignore it. Add it to .gitignore before you commit.\n`,
      );
    }
    this.#world.write(`Install it on ${repository}: ${installationUrl(app)}\n`);
  }

  async #untilInstalled(): Promise<void> {
    const {app} = await this.session.reach('created');
    while (this.session.phase.kind === 'created') {
      const question = {app, repository: this.#settings.repository, apiUrl: this.#settings.apiUrl};
      const found = await findInstallation(question, this.#world);
      if (this.session.phase.kind !== 'created') break; // ended during the request
      if (found.isInstalled) return this.#finish(app);
      this.#noteProblem(app, found.problem);
      await this.#world.sleep(POLL_MS, this.#over.signal);
    }
    await this.#untilEnded();
  }

  #noteProblem(app: CreatedApp, problem: string | undefined): void {
    const {phase} = this.session;
    if (phase.kind === 'created' && phase.problem === problem) return;
    if (problem !== undefined) this.#world.writeError(`${problem}\n`);
    this.session.moveTo({kind: 'created', app, problem});
  }

  #finish(app: CreatedApp): void {
    this.#world.write(`\nThe App is installed on ${this.#settings.repository}.\n`);
    for (const {text, commands} of this.next) {
      this.#world.write(`\n${text}\n${commands.map(command => `  ${command}\n`).join('')}`);
    }
    this.session.moveTo({kind: 'installed', app});
  }

  /** @throws {SetupEnded} */
  async #untilEnded(): Promise<never> {
    const {why} = await this.session.reach('ended');
    throw new SetupEnded(why);
  }
}

/** Resolves when the promise settles, or after the time limit. */
async function within(milliseconds: number, promise: Promise<void>, sleep: Sleep): Promise<void> {
  const timeUp = new AbortController();
  await Promise.race([promise, sleep(milliseconds, timeUp.signal)]);
  timeUp.abort();
}
