/** Read: the rules in force, kept up to date behind the scenes. A webhook never waits long for them, nor fails by them. */
import {readFile, stat} from 'node:fs/promises';
import {resolve} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {isObject} from '../src/change/json.ts';
import type {Now} from '../src/deps.ts';
import {messageOf, ReactorError} from '../src/errors.ts';
import {loadRules} from '../src/rules/parse-rules.ts';
import type {Rules} from '../src/rules/rules.ts';
import {classify} from './classify.ts';
import type {RulesLocation} from './config.ts';
import {explainRefusal, type GitHub, type GitHubAnswer, type Repository} from './github.ts';
import type {RelayLog} from './log.ts';

export interface RulesSource {
  /** The rules; undefined where there are none, or they have never been readable: then nothing is to be dropped. */
  current(): Promise<Rules | undefined> | Rules | undefined;
}

/**
 * What came of asking for the file: the same as before; a new one; one with mistakes, until they are fixed; no
 * answer that tells.
 */
export type RulesRead = 'current' | 'changed' | 'broken' | 'unreachable';

/** The file can't be read. */
class Unreadable extends ReactorError {
  readonly result: RulesRead;
  /** How long not to ask again. */
  readonly waitMs: number;

  constructor(result: RulesRead, message: string, waitMs = 0) {
    super(message);
    this.result = result;
    this.waitMs = waitMs;
  }
}

/** A text of the file, and what tells it from another: an ETag, or times and sizes. */
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
   * @returns undefined where the file is still the one of `version`
   * @throws {Unreadable}
   */
  read(version: string | undefined, timeoutMs: number): Promise<Version | undefined>;
}

export interface RulesDeps {
  readonly github: GitHub;
  readonly now: Now;
  readonly log: RelayLog;
  /** Is told what came of each asking, and whether there are rules in force after it. */
  readonly onRead?: (result: RulesRead, inForce: boolean) => void;
  /** The longest time that webhooks wait for one reading. */
  readonly patienceMs?: number;
}

export function createRulesSource(location: RulesLocation, repository: Repository, deps: RulesDeps): RulesSource {
  if (location.kind === 'none') return {current: () => undefined};
  const reader =
    location.kind === 'file' ? diskReader(location.path) : repositoryReader(location.path, repository, deps);
  return new RefreshedRules(reader, deps);
}

/** Webhooks wait for the first reading, so it is shorter than those that nobody waits for. */
const FIRST_TIMEOUT_MS = 2_000;
const TIMEOUT_MS = 10_000;

const LOADED_WITH_MISTAKES =
  'rules loaded without those that have mistakes: every change that one of them may be for is dispatched';

/** One refresh at a time, no more often than the reader says; the last good rules until there are better. */
class RefreshedRules implements RulesSource {
  readonly #reader: Reader;
  readonly #deps: RulesDeps;
  #rules: Rules | undefined;
  /** The last file that was read, also where it is broken: it is told once, and not parsed again. */
  #last: Version | undefined;
  #isBroken = false;
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
    const now = this.#deps.now();
    if (this.#refreshing === undefined && now >= this.#nextAtMs) {
      this.#nextAtMs = now + this.#reader.everyMs;
      this.#refreshing = this.#refresh();
      const {patienceMs = FIRST_TIMEOUT_MS} = this.#deps;
      this.#waitedFor = Promise.race([this.#refreshing, wait(patienceMs, undefined, {ref: false})]);
    }
    const mustWait = this.#refreshing !== undefined && (this.#reader.isQuick || !this.#wasTried);
    return mustWait ? this.#waitedFor?.then(() => this.#rules) : this.#rules;
  }

  /** Never rejects: rules that can't be read are a warning, and the former ones stay. */
  async #refresh(): Promise<void> {
    const result = await this.#read().catch((error: unknown) => this.#fail(error));
    this.#wasTried = true;
    this.#refreshing = undefined;
    this.#deps.onRead?.(result, this.#rules !== undefined);
  }

  async #read(): Promise<RulesRead> {
    const next = await this.#reader.read(this.#last?.version, this.#wasTried ? TIMEOUT_MS : FIRST_TIMEOUT_MS);
    // GitHub's ETags are others for another token, so one text can come under two.
    const isSame = next === undefined || next.text === this.#last?.text;
    this.#last = next ?? this.#last;
    if (!isSame) return this.#adopt(next);
    if (this.#isBroken) return 'broken';
    if (this.#isWarned) this.#deps.log.info({file: this.#reader.file}, 'rules can be read again');
    this.#isWarned = false;
    return 'current';
  }

  #adopt({text}: Version): RulesRead {
    this.#isBroken = true;
    const {value: rules, error} = loadRules(text, this.#reader.file);
    if (rules === undefined) throw error;
    this.#rules = rules;
    this.#isBroken = error !== undefined;
    this.#isWarned = false;
    const loaded = {file: this.#reader.file, rules: rules.rules.length};
    if (error === undefined) this.#deps.log.info(loaded, 'rules loaded');
    else this.#deps.log.warn({...loaded, reason: messageOf(error)}, LOADED_WITH_MISTAKES);
    return this.#isBroken ? 'broken' : 'changed';
  }

  #fail(error: unknown): RulesRead {
    const {result, waitMs} = error instanceof Unreadable ? error : {result: 'broken' as const, waitMs: 0};
    this.#nextAtMs = Math.max(this.#nextAtMs, this.#deps.now() + waitMs);
    this.#isWarned = true;
    const consequence = this.#rules ? 'the last good rules stay in force' : 'every change is dispatched';
    this.#deps.log.warn({file: this.#reader.file, reason: messageOf(error)}, `rules can't be read: ${consequence}`);
    return result;
  }
}

/**
 * A file beside the relay. Whoever edits it expects the next webhook to see it. One that is not there is waited for, at the
 * start too: sidecars and optional volumes bring it a little later, and until then every change is dispatched.
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

/** With the absolute path: what it is relative to is the likeliest mistake. */
function missingFile(path: string): string {
  const where = resolve(path) === path ? '' : ` (looked for ${resolve(path)})`;
  return `REACTOR_RULES names ${path}, which is not there${where}; mend the path, or put the file there: it is read as soon as it comes`;
}

/**
 * The file on the repository's default branch. A 304 costs nothing of the hourly limit.
 * https://docs.github.com/en/rest/repos/contents#get-repository-content
 */
function repositoryReader(file: string, repository: Repository, {github, now}: RulesDeps): Reader {
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

/** GitHub's limits are obeyed here too: whoever goes on asking is shut out for longer. */
function unreadable(answer: GitHubAnswer, file: string, repository: Repository, nowMs: number): Unreadable {
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
      return new Unreadable('unreachable', explainRefusal(answer, repository));
  }
}

/** A folder is answered with a list, as JSON. */
function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  throw new Unreadable('broken', 'GitHub answered with something else than a file; is the path a folder?');
}
