/** Whether the credentials and the repository worked recently: the answer of `/readyz`. */
import type {Now} from '../../src/base/deps.ts';
import {isObject} from '../../src/base/json.ts';
import {classify} from '../dispatch/classify.ts';
import {explainGitHubRefusal, type GitHub, type GitHubAnswer, type RepositoryName} from '../github/github.ts';
import type {RelayLog} from './log.ts';

type ReadyState =
  | {readonly ready: true}
  /** A sentence with the reason and what to do. */
  | {readonly ready: false; readonly reason: string};

export interface Readiness {
  /** GitHub accepted a dispatch. This is the best proof, and outweighs every earlier refusal. */
  worked(): void;
  /** The repository could be read. This is enough if nothing speaks against it. */
  readable(): void;
  /** GitHub refused a dispatch permanently. Not ready at once. `reason` says why and what to do. */
  refused(reason: string): void;
  /** The current state. Makes no request. */
  state(): ReadyState;
  /** As {@link state}, but asks GitHub first if too little is known. Callers share one request. Never rejects. */
  check(): Promise<ReadyState>;
}

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

export function createReadiness(deps: ReadinessDeps): Readiness {
  return new Evidence(deps);
}

/** A reason why dispatches are refused until someone fixes it. */
interface Obstacle {
  readonly reason: string;
  /** GitHub refused a dispatch. Otherwise the data of the repository show the reason, and only reading them again removes it. */
  readonly byRefusal: boolean;
  /** Until then, only an accepted dispatch removes it. */
  readonly untilMs: number;
}

class Evidence implements Readiness {
  readonly #deps: ReadinessDeps;
  #workedAtMs = Number.NEGATIVE_INFINITY;
  #obstacle: Obstacle | undefined;
  /** Why the last check failed. */
  #doubt = UNKNOWN;
  #asking: Promise<void> | undefined;
  /** Only the data of the repository show that it is archived or read-only, so they are read once in any case. */
  #wasAsked = false;
  #askAgainAtMs = Number.NEGATIVE_INFINITY;
  #wasReady: boolean | undefined;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
  }

  worked(): void {
    this.#obstacle = undefined;
    this.#workedAtMs = this.#deps.now();
    this.#logTurn();
  }

  readable(): void {
    this.#passed(obstacle => obstacle.byRefusal);
  }

  refused(reason: string): void {
    this.#obstacle = {reason, byRefusal: true, untilMs: this.#deps.now() + REFUSED_MS};
    this.#logTurn();
  }

  state(): ReadyState {
    if (this.#obstacle !== undefined) return {ready: false, reason: this.#obstacle.reason};
    return this.#ageMs() < EVIDENCE_MS ? {ready: true} : {ready: false, reason: this.#doubt};
  }

  async check(): Promise<ReadyState> {
    const {ready} = this.state();
    if (!ready) await this.#ask();
    else if (!this.#wasAsked || this.#ageMs() >= RENEW_MS) void this.#ask();
    this.#logTurn();
    return this.state();
  }

  #ageMs(): number {
    return this.#deps.now() - this.#workedAtMs;
  }

  /** Something worked. Removes the obstacle if that is disproved and its time is over. */
  #passed(disproves: (obstacle: Obstacle) => boolean): void {
    const nowMs = this.#deps.now();
    this.#workedAtMs = nowMs;
    if (this.#obstacle && disproves(this.#obstacle) && this.#obstacle.untilMs <= nowMs) this.#obstacle = undefined;
    this.#logTurn();
  }

  /** No answer would change a fresh refusal, so nothing is asked then. */
  #ask(): Promise<void> {
    const nowMs = this.#deps.now();
    const mayAsk = nowMs >= Math.max(this.#askAgainAtMs, this.#obstacle?.untilMs ?? 0);
    if (this.#asking === undefined && mayAsk) {
      this.#wasAsked = true;
      this.#askAgainAtMs = nowMs + ASK_EVERY_MS;
      this.#asking = this.#askGitHub().finally(() => {
        this.#asking = undefined;
      });
    }
    return this.#asking ?? Promise.resolve();
  }

  /** https://docs.github.com/en/rest/repos/repos#get-a-repository */
  async #askGitHub(): Promise<void> {
    const {github, repository, now} = this.#deps;
    const path = `/repos/${repository.owner}/${repository.name}`;
    const answer = await github({method: 'GET', path, timeoutMs: ASK_TIMEOUT_MS});
    const reason = answer.status === 200 ? obstacleIn(answer, repository) : undefined;
    if (reason !== undefined) this.#obstacle = {reason, byRefusal: false, untilMs: now()};
    else if (answer.status === 200) this.#passed(() => true);
    else this.#doubtAfter(answer, now());
    this.#logTurn();
  }

  /** An outage or a limit says nothing about the credentials. A refusal does, once earlier successes are too old. */
  #doubtAfter(answer: GitHubAnswer, nowMs: number): void {
    const {repository} = this.#deps;
    const meaning = classify(answer, repository, nowMs);
    if (meaning.kind !== 'limited' && meaning.kind !== 'failed') {
      this.#doubt = explainGitHubRefusal(answer, repository);
      return;
    }
    if (meaning.kind === 'limited') this.#askAgainAtMs = Math.max(this.#askAgainAtMs, nowMs + meaning.limit.waitMs);
    this.#doubt = explainOutage(answer);
  }

  #logTurn(): void {
    const state = this.state();
    if (state.ready === this.#wasReady || (!state.ready && state.reason === UNKNOWN)) return;
    this.#wasReady = state.ready;
    if (state.ready) this.#deps.log?.info({}, 'ready');
    else this.#deps.log?.warn({reason: state.reason}, 'not ready');
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
