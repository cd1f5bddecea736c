/** Whether the credentials and the repository worked recently: the result of `/readyz`. */
import type {Now} from '../../src/base/deps.ts';
import {isObject} from '../../src/base/json.ts';
import {classify} from '../../src/clients/github/classify.ts';
import type {GitHub} from '../../src/clients/github/client.ts';
import {explainGitHubRefusal} from '../../src/clients/github/refusal.ts';
import type {GitHubResponse, RepositoryName} from '../../src/clients/github/response.ts';
import type {RelayLog} from './log.ts';

export interface ReadinessDeps {
  readonly github: GitHub;
  readonly repository: RepositoryName;
  readonly now: Now;
  /** Receives a line for each change of the state. */
  readonly log?: RelayLog;
}

/** How long a success is valid. It is checked again earlier. */
const EVIDENCE_MS = 5 * 60_000;
const RENEW_MS = 4 * 60_000;

/** A load balancer sends no webhooks to a relay that is not ready. After this time, a successful read makes it ready again. */
const REFUSED_MS = 60_000;

const CHECK_EVERY_MS = 30_000;
const CHECK_TIMEOUT_MS = 2_000;

const UNKNOWN = 'The credentials and the repository have not been checked with GitHub yet.';

export class Readiness {
  readonly #deps: ReadinessDeps;
  #workedAtMs = Number.NEGATIVE_INFINITY;
  /** Why GitHub refuses dispatches until the cause is fixed. */
  #refusal: string | undefined;
  #refusedAtMs = Number.NEGATIVE_INFINITY;
  /** Why the last check failed. */
  #failure = UNKNOWN;
  #checking: Promise<void> | undefined;
  #nextCheckAtMs = Number.NEGATIVE_INFINITY;
  #wasReady: boolean | undefined;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
  }

  /** GitHub accepted a dispatch. This overrides every earlier refusal. */
  recordSuccess(): void {
    this.#refusal = undefined;
    this.#workedAtMs = this.#deps.now();
    this.#logTransition();
  }

  /**
   * GitHub refused a dispatch permanently, so the relay is not ready.
   * @param reason the cause and the solution
   */
  recordRefusal(reason: string): void {
    this.#refusal = reason;
    this.#refusedAtMs = this.#deps.now();
    this.#nextCheckAtMs = this.#refusedAtMs + REFUSED_MS;
    this.#logTransition();
  }

  /** Why the relay is not ready and what to do, as a sentence. Undefined if it is ready. Sends no request. */
  get problem(): string | undefined {
    return this.#refusal ?? (this.#ageMs < EVIDENCE_MS ? undefined : this.#failure);
  }

  /** Like {@link problem}, but checks with GitHub first if the state is unknown. Callers share one request. Never rejects. */
  async check(): Promise<string | undefined> {
    if (this.problem !== undefined) await this.#startCheck();
    else if (this.#ageMs >= RENEW_MS) void this.#startCheck();
    this.#logTransition();
    return this.problem;
  }

  get #ageMs(): number {
    return this.#deps.now() - this.#workedAtMs;
  }

  #startCheck(): Promise<void> | undefined {
    const nowMs = this.#deps.now();
    if (nowMs < this.#nextCheckAtMs) return this.#checking;
    this.#nextCheckAtMs = nowMs + CHECK_EVERY_MS;
    this.#checking ??= this.#checkGitHub(nowMs).finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  /** @see https://docs.github.com/en/rest/repos/repos#get-a-repository */
  async #checkGitHub(startedAtMs: number): Promise<void> {
    const {github, repository, now} = this.#deps;
    const path = `/repos/${repository.owner}/${repository.name}`;
    const response = await github({method: 'GET', path, timeoutMs: CHECK_TIMEOUT_MS});
    if (response.status !== 200) this.#recordFailure(response, now());
    else if (this.#refusedAtMs < startedAtMs) {
      this.#refusal = obstacleIn(response, repository);
      this.#workedAtMs = now();
    }
    this.#logTransition();
  }

  /** An outage or a rate limit does not show whether the credentials work. A refusal counts after earlier successes expire. */
  #recordFailure(response: GitHubResponse, nowMs: number): void {
    const meaning = classify(response, this.#deps.repository, nowMs);
    if (meaning.kind === 'limited') this.#nextCheckAtMs = Math.max(this.#nextCheckAtMs, nowMs + meaning.limit.waitMs);
    const isOutage = meaning.kind === 'limited' || meaning.kind === 'failed';
    this.#failure = isOutage ? explainOutage(response) : explainGitHubRefusal(response, this.#deps.repository);
  }

  #logTransition(): void {
    const {problem} = this;
    const isReady = problem === undefined;
    if (isReady === this.#wasReady || problem === UNKNOWN) return;
    this.#wasReady = isReady;
    if (isReady) this.#deps.log?.info({}, 'ready');
    else this.#deps.log?.warn({reason: problem}, 'not ready');
  }
}

/** The property of the repository that prevents dispatches. Undefined if nothing prevents them. */
function obstacleIn(response: GitHubResponse, {owner, name}: RepositoryName): string | undefined {
  const {body} = response;
  const repository = `${owner}/${name}`;
  if (!isObject(body)) return explainGitHubRefusal(response, {owner, name});
  if (body['archived'] === true) {
    return `${repository} is archived, so GitHub accepts no dispatches for it. Unarchive it, or set GITHUB_REPOSITORY to another.`;
  }
  // Only responses to user tokens contain both. Without `push`, GitHub responds to a dispatch with 404.
  const permissions = isObject(body['permissions']) ? body['permissions'] : {};
  if (permissions['pull'] === true && permissions['push'] === false) {
    return `The credentials can read ${repository}, but cannot write to it. Grant them Contents: write on it.`;
  }
  return undefined;
}

function explainOutage({status, message}: GitHubResponse): string {
  const what = status === undefined ? `GitHub could not be reached: ${message}` : `GitHub answered ${status}`;
  return `${what}. The relay tries again automatically. Check https://www.githubstatus.com, GITHUB_API_URL and the proxy of this network.`;
}
