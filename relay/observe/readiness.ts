/** Whether the credentials and the repository have been seen to work lately: what `/readyz` answers. */
import type {Now} from '../../src/base/deps.ts';
import {classify} from '../dispatch/classify.ts';
import {explainGitHubRefusal, type GitHub, type GitHubAnswer, type RepositoryName} from '../github/github.ts';
import type {RelayLog} from './log.ts';

type ReadyState =
  | {readonly ready: true}
  /** A sentence with the reason and what to do. */
  | {readonly ready: false; readonly reason: string};

export interface Readiness {
  /** GitHub has accepted a dispatch: there is no better proof, whatever was refused before. */
  worked(): void;
  /** The repository could be read: proof enough where nothing speaks against it. */
  readable(): void;
  /** A dispatch was refused for good; red at once. `reason` says why and what to do. */
  refused(reason: string): void;
  /** What is known; asks nobody, and waits for nobody. */
  state(): ReadyState;
  /** As {@link state}, after asking GitHub where too little is known: once for many, bounded in time, never rejecting. */
  check(): Promise<ReadyState>;
}

export interface ReadinessDeps {
  readonly github: GitHub;
  readonly repository: RepositoryName;
  readonly now: Now;
  /** Is told when it turns. */
  readonly log?: RelayLog;
}

/** How long what was seen counts, and from when on it is asked for anew: in time, so that it never lapses while all is well. */
const EVIDENCE_MS = 5 * 60_000;
const RENEW_MS = 4 * 60_000;

/** A load balancer sends nothing to what is not ready, so after this a passing question has to do instead of a dispatch. */
const REFUSED_MS = 60_000;

const ASK_EVERY_MS = 30_000;
const ASK_TIMEOUT_MS = 2_000;

const UNKNOWN = 'GitHub has not been asked yet whether the credentials and the repository work.';

export function createReadiness(deps: ReadinessDeps): Readiness {
  return new Evidence(deps);
}

/** Why dispatches will be refused until somebody mends something. */
interface Obstacle {
  readonly reason: string;
  /** GitHub refused a dispatch; else it is what the repository tells of itself, which only asking again can take back. */
  readonly byRefusal: boolean;
  /** Until when nothing but an accepted dispatch takes it back. */
  readonly untilMs: number;
}

class Evidence implements Readiness {
  readonly #deps: ReadinessDeps;
  #workedAtMs = Number.NEGATIVE_INFINITY;
  #obstacle: Obstacle | undefined;
  /** Why the last question was no proof. */
  #doubt = UNKNOWN;
  #asking: Promise<void> | undefined;
  /** Only the repository itself tells that it is archived, or can't be written to. */
  #wasAsked = false;
  #askAgainAtMs = Number.NEGATIVE_INFINITY;
  #wasReady: boolean | undefined;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
  }

  worked(): void {
    this.#obstacle = undefined;
    this.#workedAtMs = this.#deps.now();
    this.#tell();
  }

  readable(): void {
    this.#passed(obstacle => obstacle.byRefusal);
  }

  refused(reason: string): void {
    this.#obstacle = {reason, byRefusal: true, untilMs: this.#deps.now() + REFUSED_MS};
    this.#tell();
  }

  state(): ReadyState {
    if (this.#obstacle !== undefined) return {ready: false, reason: this.#obstacle.reason};
    return this.#ageMs() < EVIDENCE_MS ? {ready: true} : {ready: false, reason: this.#doubt};
  }

  async check(): Promise<ReadyState> {
    const {ready} = this.state();
    if (!ready) await this.#ask();
    else if (!this.#wasAsked || this.#ageMs() >= RENEW_MS) void this.#ask();
    this.#tell();
    return this.state();
  }

  #ageMs(): number {
    return this.#deps.now() - this.#workedAtMs;
  }

  /** Something worked; of what was in the way, it takes back what it can and may. */
  #passed(disproves: (obstacle: Obstacle) => boolean): void {
    const nowMs = this.#deps.now();
    this.#workedAtMs = nowMs;
    if (this.#obstacle && disproves(this.#obstacle) && this.#obstacle.untilMs <= nowMs) this.#obstacle = undefined;
    this.#tell();
  }

  /** Nothing that could be learnt changes a fresh refusal. */
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
    this.#tell();
  }

  /** An outage or a limit says nothing about the credentials; a refusal does, once what was seen before is too old. */
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

  #tell(): void {
    const state = this.state();
    if (state.ready === this.#wasReady || (!state.ready && state.reason === UNKNOWN)) return;
    this.#wasReady = state.ready;
    if (state.ready) this.#deps.log?.info({}, 'ready');
    else this.#deps.log?.warn({reason: state.reason}, 'not ready');
  }
}

/** What a readable repository tells against dispatches to it; undefined where nothing does. */
function obstacleIn(answer: GitHubAnswer, {owner, name}: RepositoryName): string | undefined {
  const {body} = answer;
  const repository = `${owner}/${name}`;
  if (!isObject(body)) return explainGitHubRefusal(answer, {owner, name});
  if (body['archived'] === true) {
    return `${repository} is archived, so GitHub takes no dispatches for it: unarchive it, or set GITHUB_REPOSITORY to another.`;
  }
  // Only people and their classic tokens have both; without `push` a dispatch is answered 404.
  const permissions = isObject(body['permissions']) ? body['permissions'] : {};
  if (permissions['pull'] === true && permissions['push'] === false) {
    return `The credentials can read ${repository}, but not write to it: give them Contents: write there.`;
  }
  return undefined;
}

function explainOutage({status, message}: GitHubAnswer): string {
  const what = status === undefined ? `GitHub could not be reached: ${message}` : `GitHub answered ${status}`;
  return `${what}. The relay asks again by itself; see https://www.githubstatus.com, GITHUB_API_URL and the way out of this network.`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
