/** Read: the rules in force, refreshed in the background. A webhook waits only briefly for them and never fails because of them. */
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
  /** The rules. Undefined without rules, or before they could be read. Then nothing may be ignored. */
  current(): Promise<Rules | undefined> | Rules | undefined;
  /**
   * The rules, if they were those of the file at most 30 s ago. Read again if necessary. Undefined if that takes too long. Then
   * nothing may be ignored.
   */
  fresh(): Promise<Rules | undefined> | Rules | undefined;
}

/** The result of a read: the same file, a new file, a file that is missing or has mistakes, or no answer. */
export type RulesRead = 'current' | 'changed' | 'broken' | 'unreachable';

/** The file could not be read. */
class Unreadable extends ReactorError {
  readonly result: RulesRead;
  /** How long to wait before the next read. */
  readonly waitMs: number;

  constructor(result: RulesRead, message: string, waitMs = 0) {
    super(message);
    this.result = result;
    this.waitMs = waitMs;
  }
}

/** The text of the file, and its version: an ETag, or time and size. */
interface Version {
  readonly text: string;
  readonly version: string | undefined;
}

interface Reader {
  /** The path, for messages. */
  readonly file: string;
  readonly everyMs: number;
  /** Whether webhooks wait for every refresh, not only for the first. */
  readonly isQuick: boolean;
  /**
   * @returns undefined if the file still has this version
   * @throws {Unreadable}
   */
  read(version: string | undefined, timeoutMs: number): Promise<Version | undefined>;
}

export interface RulesDeps {
  readonly github: GitHub;
  readonly now: Now;
  readonly log: RelayLog;
  /** Called after each read with its result, and whether there are rules now. */
  readonly onRead?: (result: RulesRead, inForce: boolean) => void;
  /** The maximum time that webhooks wait for one read. */
  readonly maxWaitMs: number;
}

export function createRulesSource(location: RulesLocation, repository: RepositoryName, deps: RulesDeps): RulesSource {
  if (location.kind === 'none') return {current: () => undefined, fresh: () => undefined};
  const reader =
    location.kind === 'file' ? diskReader(location.path) : repositoryReader(location.path, repository, deps);
  return new RefreshedRules(reader, deps);
}

/** Webhooks wait for the first read, so its limit is shorter. */
const FIRST_TIMEOUT_MS = 2_000;
const TIMEOUT_MS = 10_000;

const LOADED_WITH_MISTAKES =
  'rules loaded without those that have mistakes. Changes that may concern one of those are dispatched';

/** Nothing is ignored by rules that are older than this. */
const MAX_AGE_MS = 30_000;

/** One refresh at a time, at the interval of the reader. The last good rules stay in use until better ones are read. */
class RefreshedRules implements RulesSource {
  readonly #reader: Reader;
  readonly #deps: RulesDeps;
  #rules: Rules | undefined;
  /** The start of the last read that found {@link #rules} to be those of the file. */
  #currentAtMs = Number.NEGATIVE_INFINITY;
  /** The last file that was read. If it is broken, that is logged once, and the file is not parsed again. */
  #last: Version | undefined;
  #isBroken = false;
  /** Whether {@link #rules} are those of {@link #last}, without the rules that have mistakes. */
  #isLastInForce = false;
  #isWarned = false;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;
  /** The end of the refresh, or of the maximum wait: a file system can hang, and webhooks must not. */
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
    this.#waitedFor = Promise.race([this.#refreshing, wait(this.#deps.maxWaitMs, undefined, {ref: false})]);
  }

  /** Never rejects. Rules that cannot be read are a warning. */
  async #refresh(startedAtMs: number): Promise<void> {
    const result = await this.#read(startedAtMs).catch((error: unknown) => this.#fail(error));
    this.#wasTried = true;
    this.#refreshing = undefined;
    this.#deps.onRead?.(result, this.#rules !== undefined);
  }

  async #read(startedAtMs: number): Promise<RulesRead> {
    const next = await this.#reader.read(this.#last?.version, this.#wasTried ? TIMEOUT_MS : FIRST_TIMEOUT_MS);
    // GitHub's ETags depend on the token, so one text can have two ETags.
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
 * A file on this machine. An edit applies to the next webhook. The file may appear later, as with sidecars and optional volumes.
 * Until then every change is dispatched.
 */
function diskReader(path: string): Reader {
  return {
    file: path,
    everyMs: 1_000,
    isQuick: true,
    async read(former) {
      const {mtimeMs, size} = await stat(path).catch((error: unknown) => {
        throw isMissing(error) ? new Unreadable('broken', missingFile(path)) : error;
      });
      const version = `${mtimeMs} ${size}`;
      return version === former ? undefined : {text: await readFile(path, 'utf8'), version};
    },
  };
}

function isMissing(error: unknown): boolean {
  return isObject(error) && error['code'] === 'ENOENT';
}

/** With the absolute path: a wrong working directory is the most likely mistake. */
function missingFile(path: string): string {
  const lookedFor = resolve(path) === path ? '' : ` (looked for ${resolve(path)})`;
  return `REACTOR_RULES names ${path}, which does not exist${lookedFor}. Fix the path or create the file. The relay then reads it at once`;
}

/**
 * The file on the repository's default branch. A 304 does not count against the hourly limit.
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

/** GitHub's limits apply here too. GitHub extends them for clients that ignore them. */
function unreadable(answer: GitHubAnswer, file: string, repository: RepositoryName, nowMs: number): Unreadable {
  const {status, message, explanation} = answer;
  if (status === undefined) return new Unreadable('unreachable', `GitHub could not be reached: ${message}`);
  if (status === 404 && explanation === undefined) {
    const fullName = `${repository.owner}/${repository.name}`;
    return new Unreadable(
      'broken',
      `GitHub has no file ${file} on the default branch of ${fullName}, or ${answer.isApp ? 'the GitHub App' : 'the token'} lacks Contents: read there. Commit the file, or set REACTOR_RULES`,
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

/** For a folder, GitHub answers with a list as JSON. */
function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof ArrayBuffer) return new TextDecoder().decode(body);
  throw new Unreadable('broken', 'GitHub did not answer with a file. Check that the path is not a folder');
}
