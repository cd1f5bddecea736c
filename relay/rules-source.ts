/** Read: the rules in force, refreshed in the background. A webhook never waits long for them, and never fails because of them. */
import {readFile, stat} from 'node:fs/promises';
import {resolve} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import type {Now} from '../src/base/deps.ts';
import {messageOf, ReactorError} from '../src/base/errors.ts';
import {isObject} from '../src/base/json.ts';
import {loadRules} from '../src/rules/parse-rules.ts';
import type {Rules} from '../src/rules/rules.ts';
import type {RulesLocation} from './config/config.ts';
import {classify} from './dispatch/classify.ts';
import {explainGitHubRefusal, type GitHub, type GitHubAnswer, type RepositoryName} from './github/github.ts';
import type {RelayLog} from './observe/log.ts';

export interface RulesSource {
  /** The rules. Undefined if there are none, or they have never been readable: then nothing may be ignored. */
  current(): Promise<Rules | undefined> | Rules | undefined;
  /**
   * The rules, known to be those of the file at most 30 s ago: read now if necessary. Undefined if that is not known in
   * time: then nothing may be ignored.
   */
  fresh(): Promise<Rules | undefined> | Rules | undefined;
}

/** What came of asking for the file: the same as before, a new one, one with mistakes or none until it is fixed, or no answer. */
export type RulesRead = 'current' | 'changed' | 'broken' | 'unreachable';

/** The file can't be read. */
class Unreadable extends ReactorError {
  readonly result: RulesRead;
  /** For how long not to ask again. */
  readonly waitMs: number;

  constructor(result: RulesRead, message: string, waitMs = 0) {
    super(message);
    this.result = result;
    this.waitMs = waitMs;
  }
}

/** A text of the file, and what identifies it: an ETag, or a time and a size. */
interface Version {
  readonly text: string;
  readonly version: string | undefined;
}

interface Reader {
  /** For messages. */
  readonly file: string;
  readonly everyMs: number;
  /** Whether a webhook can wait for each refresh, not only for the first. */
  readonly isQuick: boolean;
  /**
   * @returns undefined if the file is still the one of `version`
   * @throws {Unreadable}
   */
  read(version: string | undefined, timeoutMs: number): Promise<Version | undefined>;
}

export interface RulesDeps {
  readonly github: GitHub;
  readonly now: Now;
  readonly log: RelayLog;
  /** Called with what came of each reading, and whether there are rules in force after it. */
  readonly onRead?: (result: RulesRead, inForce: boolean) => void;
  /** The longest time that webhooks wait for one reading. */
  readonly patienceMs: number;
}

export function createRulesSource(location: RulesLocation, repository: RepositoryName, deps: RulesDeps): RulesSource {
  if (location.kind === 'none') return {current: () => undefined, fresh: () => undefined};
  const reader =
    location.kind === 'file' ? diskReader(location.path) : repositoryReader(location.path, repository, deps);
  return new RefreshedRules(reader, deps);
}

/** Webhooks wait for the first reading, so it is shorter than the others. */
const FIRST_TIMEOUT_MS = 2_000;
const TIMEOUT_MS = 10_000;

const LOADED_WITH_MISTAKES =
  'rules loaded without those that have mistakes: every change that one of them may be for is dispatched';

/** Nothing is ignored by rules that were last known to be those of the file longer ago than this. */
const MAX_AGE_MS = 30_000;

/** One refresh at a time, no more often than the reader says. The last good rules stay until there are better ones. */
class RefreshedRules implements RulesSource {
  readonly #reader: Reader;
  readonly #deps: RulesDeps;
  #rules: Rules | undefined;
  /** When the last reading began that found {@link #rules} to be those of the file. */
  #currentAtMs = Number.NEGATIVE_INFINITY;
  /** The last file that was read, also if it is broken: that is logged once, and the file is not parsed again. */
  #last: Version | undefined;
  #isBroken = false;
  /** Whether {@link #rules} are those of {@link #last}, at least those without mistakes. */
  #isLastInForce = false;
  #isWarned = false;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;
  /** The end of the refresh, or of the patience with it: a file system can hang, and webhooks are not to hang with it. */
  #waitedFor: Promise<void> | undefined;
  #wasTried = false;

  constructor(reader: Reader, deps: RulesDeps) {
    this.#reader = reader;
    this.#deps = deps;
  }

  current(): Promise<Rules | undefined> | Rules | undefined {
    this.#refreshIfDue();
    const mustWait = this.#refreshing !== undefined && (this.#reader.isQuick || !this.#wasTried);
    return mustWait ? this.#waitedFor?.then(() => this.#rules) : this.#rules;
  }

  fresh(): Promise<Rules | undefined> | Rules | undefined {
    this.#refreshIfDue();
    if (this.#isFresh || this.#refreshing === undefined) return this.#freshRules;
    return this.#waitedFor?.then(() => this.#freshRules);
  }

  get #isFresh(): boolean {
    return this.#deps.now() - this.#currentAtMs < MAX_AGE_MS;
  }

  get #freshRules(): Rules | undefined {
    return this.#isFresh ? this.#rules : undefined;
  }

  #refreshIfDue(): void {
    const now = this.#deps.now();
    if (this.#refreshing !== undefined || now < this.#nextAtMs) return;
    this.#nextAtMs = now + this.#reader.everyMs;
    this.#refreshing = this.#refresh(now);
    this.#waitedFor = Promise.race([this.#refreshing, wait(this.#deps.patienceMs, undefined, {ref: false})]);
  }

  /** Never rejects: rules that can't be read are a warning. */
  async #refresh(startedAtMs: number): Promise<void> {
    const result = await this.#read(startedAtMs).catch((error: unknown) => this.#fail(error));
    this.#wasTried = true;
    this.#refreshing = undefined;
    this.#deps.onRead?.(result, this.#rules !== undefined);
  }

  async #read(startedAtMs: number): Promise<RulesRead> {
    const next = await this.#reader.read(this.#last?.version, this.#wasTried ? TIMEOUT_MS : FIRST_TIMEOUT_MS);
    // GitHub's ETags depend on the token, so one text can come with two of them.
    const isSame = next === undefined || next.text === this.#last?.text;
    this.#last = next ?? this.#last;
    if (!isSame) this.#adopt(next);
    if (this.#isLastInForce) this.#currentAtMs = startedAtMs;
    if (!isSame) return this.#isBroken ? 'broken' : 'changed';
    if (this.#isBroken) return 'broken';
    if (this.#isWarned) this.#deps.log.info({file: this.#reader.file}, 'rules can be read again');
    this.#isWarned = false;
    return 'current';
  }

  #adopt({text}: Version): void {
    [this.#isBroken, this.#isLastInForce] = [true, false];
    const {value: rules, error} = loadRules(text, this.#reader.file);
    if (rules === undefined) throw error;
    [this.#rules, this.#isLastInForce] = [rules, true];
    this.#isBroken = error !== undefined;
    this.#isWarned = false;
    const loaded = {file: this.#reader.file, rules: rules.rules.length};
    if (error === undefined) this.#deps.log.info(loaded, 'rules loaded');
    else this.#deps.log.warn({...loaded, reason: messageOf(error)}, LOADED_WITH_MISTAKES);
  }

  #fail(error: unknown): RulesRead {
    const {result, waitMs} = error instanceof Unreadable ? error : {result: 'broken' as const, waitMs: 0};
    this.#nextAtMs = Math.max(this.#nextAtMs, this.#deps.now() + waitMs);
    this.#isWarned = true;
    const consequence = this.#freshRules ? 'the last good rules stay in force for 30 s' : 'every change is dispatched';
    this.#deps.log.warn({file: this.#reader.file, reason: messageOf(error)}, `rules can't be read: ${consequence}`);
    return result;
  }
}

/**
 * A file beside the relay. An edit counts for the next webhook. A missing file is waited for, at the start too: sidecars and
 * optional volumes bring it a little later, and until then every change is dispatched.
 */
function diskReader(path: string): Reader {
  return {
    file: path,
    everyMs: 1_000,
    isQuick: true,
    async read(former) {
      const {mtimeMs, size} = await stat(path).catch((error: unknown) => {
        throw isNotThere(error) ? new Unreadable('broken', missingFile(path)) : error;
      });
      const version = `${mtimeMs} ${size}`;
      return version === former ? undefined : {text: await readFile(path, 'utf8'), version};
    },
  };
}

function isNotThere(error: unknown): boolean {
  return isObject(error) && error['code'] === 'ENOENT';
}

/** With the absolute path: a wrong working directory is the likeliest mistake. */
function missingFile(path: string): string {
  const where = resolve(path) === path ? '' : ` (looked for ${resolve(path)})`;
  return `REACTOR_RULES names ${path}, which does not exist${where}; fix the path or create the file, which is then read at once`;
}

/**
 * The file on the repository's default branch. A 304 costs nothing of the hourly limit.
 * https://docs.github.com/en/rest/repos/contents#get-repository-content
 */
function repositoryReader(file: string, repository: RepositoryName, {github, now}: RulesDeps): Reader {
  const encoded = file.split('/').map(encodeURIComponent).join('/');
  const path = `/repos/${repository.owner}/${repository.name}/contents/${encoded}`;
  return {
    file,
    everyMs: 30_000,
    isQuick: false,
    async read(former, timeoutMs) {
      const accept = 'application/vnd.github.raw+json';
      const answer = await github({method: 'GET', path, accept, ifNoneMatch: former, timeoutMs, mayBeMissing: true});
      if (answer.status === 304) return undefined;
      if (answer.status !== 200) throw unreadable(answer, file, repository, now());
      return {text: textOf(answer.body), version: answer.headers['etag']};
    },
  };
}

/** GitHub's limits are obeyed here too: GitHub extends them for clients that go on asking. */
function unreadable(answer: GitHubAnswer, file: string, repository: RepositoryName, nowMs: number): Unreadable {
  const {status, message, explanation} = answer;
  if (status === undefined) return new Unreadable('unreachable', `GitHub could not be reached: ${message}`);
  if (status === 404 && explanation === undefined) {
    const where = `${repository.owner}/${repository.name}`;
    return new Unreadable(
      'broken',
      `GitHub has no file ${file} on the default branch of ${where}, or ${answer.isApp ? 'the GitHub App' : 'the token'} lacks Contents: read there; commit the file, or set REACTOR_RULES`,
    );
  }
  const meaning = classify(answer, repository, nowMs);
  switch (meaning.kind) {
    case 'limited':
      return new Unreadable('unreachable', meaning.message, meaning.limit.waitMs);
    case 'failed':
      return new Unreadable('unreachable', meaning.message);
    default:
      return new Unreadable('unreachable', explainGitHubRefusal(answer, repository));
  }
}

/** A folder is answered with a list, as JSON. Octokit leaves a text as bytes if the answer does not name its `charset`. */
function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof ArrayBuffer) return new TextDecoder().decode(body);
  throw new Unreadable('broken', 'GitHub answered with something else than a file; is the path a folder?');
}
