/** Whether the credentials and the repository worked recently: the answer of `/readyz`. */
import type {Now} from '../../src/base/deps.ts';
import {isObject} from '../../src/base/json.ts';
import {
  explainGitHubRefusal,
  type GitHub,
  type GitHubAnswer,
  type RepositoryName,
} from '../../src/clients/github-app/github.ts';
import {classify} from '../dispatch/classify.ts';
import type {RelayLog} from './log.ts';

export interface ReadinessDeps {
  readonly github: GitHub;
  readonly repository: RepositoryName;
  readonly now: Now;
  /** Gets a line at each change of the state. */
  readonly log?: RelayLog;
}

/** How long a success counts, and when it is checked again: before it expires. */
const EVIDENCE_MS = 5 * 60_000;
const RENEW_MS = 4 * 60_000;

/** A load balancer sends nothing to a relay that is not ready. After this time a successful read is enough. */
const REFUSED_MS = 60_000;

const ASK_EVERY_MS = 30_000;
const ASK_TIMEOUT_MS = 2_000;

const UNKNOWN = 'The credentials and the repository have not been checked with GitHub yet.';

export class Readiness {
  readonly #deps: ReadinessDeps;
  #workedAtMs = Number.NEGATIVE_INFINITY;
  /** Why dispatches are refused until someone fixes it. */
  #refusal: string | undefined;
  #refusedAtMs = Number.NEGATIVE_INFINITY;
  /** Why the last check failed. */
  #doubt = UNKNOWN;
  #asking: Promise<void> | undefined;
  #askAgainAtMs = Number.NEGATIVE_INFINITY;
  #wasReady: boolean | undefined;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
  }

  /** GitHub accepted a dispatch. This outweighs every earlier refusal. */
  worked(): void {
    this.#refusal = undefined;
    this.#workedAtMs = this.#deps.now();
    this.#logTurn();
  }

  /** GitHub refused a dispatch permanently. Not ready at once. @param reason says why and what to do */
  refused(reason: string): void {
    this.#refusal = reason;
    this.#refusedAtMs = this.#deps.now();
    this.#askAgainAtMs = this.#refusedAtMs + REFUSED_MS;
    this.#logTurn();
  }

  /** Why it is not ready and what to do, as a sentence. Undefined if it is ready. Makes no request. */
  get trouble(): string | undefined {
    return this.#refusal ?? (this.#ageMs < EVIDENCE_MS ? undefined : this.#doubt);
  }

  /** As {@link trouble}, but asks GitHub first if too little is known. Callers share one request. Never rejects. */
  async check(): Promise<string | undefined> {
    if (this.trouble !== undefined) await this.#ask();
    else if (this.#ageMs >= RENEW_MS) void this.#ask();
    this.#logTurn();
    return this.trouble;
  }

  get #ageMs(): number {
    return this.#deps.now() - this.#workedAtMs;
  }

  #ask(): Promise<void> | undefined {
    const nowMs = this.#deps.now();
    if (nowMs < this.#askAgainAtMs) return this.#asking;
    this.#askAgainAtMs = nowMs + ASK_EVERY_MS;
    this.#asking ??= this.#askGitHub(nowMs).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** https://docs.github.com/en/rest/repos/repos#get-a-repository */
  async #askGitHub(startedAtMs: number): Promise<void> {
    const {github, repository, now} = this.#deps;
    const path = `/repos/${repository.owner}/${repository.name}`;
    const answer = await github({method: 'GET', path, timeoutMs: ASK_TIMEOUT_MS});
    if (answer.status !== 200) this.#doubtAfter(answer, now());
    else if (this.#refusedAtMs < startedAtMs) {
      this.#refusal = obstacleIn(answer, repository);
      this.#workedAtMs = now();
    }
    this.#logTurn();
  }

  /** An outage or a limit says nothing about the credentials. A refusal does, once earlier successes are too old. */
  #doubtAfter(answer: GitHubAnswer, nowMs: number): void {
    const meaning = classify(answer, this.#deps.repository, nowMs);
    if (meaning.kind === 'limited') this.#askAgainAtMs = Math.max(this.#askAgainAtMs, nowMs + meaning.limit.waitMs);
    const isOutage = meaning.kind === 'limited' || meaning.kind === 'failed';
    this.#doubt = isOutage ? explainOutage(answer) : explainGitHubRefusal(answer, this.#deps.repository);
  }

  #logTurn(): void {
    const {trouble} = this;
    const isReady = trouble === undefined;
    if (isReady === this.#wasReady || trouble === UNKNOWN) return;
    this.#wasReady = isReady;
    if (isReady) this.#deps.log?.info({}, 'ready');
    else this.#deps.log?.warn({reason: trouble}, 'not ready');
  }
}

/** What in the repository's data prevents dispatches. Undefined if nothing does. */
function obstacleIn(answer: GitHubAnswer, {owner, name}: RepositoryName): string | undefined {
  const {body} = answer;
  const repository = `${owner}/${name}`;
  if (!isObject(body)) return explainGitHubRefusal(answer, {owner, name});
  if (body['archived'] === true) {
    return `${repository} is archived, so GitHub accepts no dispatches for it. Unarchive it, or set GITHUB_REPOSITORY to another.`;
  }
  // Only the tokens of users have both. Without `push`, GitHub answers a dispatch with 404.
  const permissions = isObject(body['permissions']) ? body['permissions'] : {};
  if (permissions['pull'] === true && permissions['push'] === false) {
    return `The credentials can read ${repository}, but not write to it. Give them Contents: write there.`;
  }
  return undefined;
}

function explainOutage({status, message}: GitHubAnswer): string {
  const what = status === undefined ? `GitHub could not be reached: ${message}` : `GitHub answered ${status}`;
  return `${what}. The relay tries again automatically. Check https://www.githubstatus.com, GITHUB_API_URL and the proxy of this network.`;
}
