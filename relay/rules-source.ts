/** Read: the rules in force, refreshed in the background. A webhook waits only briefly for them and never fails because of them. */
import {setTimeout as wait} from 'node:timers/promises';
import type {Now} from '../src/base/deps.ts';
import {messageOf} from '../src/base/errors.ts';
import {loadRules} from '../src/rules/parse-rules.ts';
import type {Rules} from '../src/rules/rules.ts';
import type {RelayLog} from './observe/log.ts';
import {type RulesReader, UnreadableRules, type Version} from './rules-reader.ts';

export interface RulesDeps {
  readonly now: Now;
  readonly log: RelayLog;
  /** The maximum time that webhooks wait for one read. */
  readonly maxWaitMs: number;
}

/** Nothing is ignored by rules that are older than this. */
const MAX_AGE_MS = 30_000;

const LOADED_WITH_MISTAKES =
  'rules loaded without those that have mistakes. Changes that may concern one of those are dispatched';

/** A version of the file, and what it says. */
interface RulesFile extends Version {
  /** Without the rules that have mistakes. Undefined if the file as a whole is broken. */
  readonly rules: Rules | undefined;
  readonly hasMistakes: boolean;
}

/** One refresh at a time, at the interval of the reader. The last good rules stay in use until better ones are read. */
export class RulesSource {
  readonly #reader: RulesReader;
  readonly #deps: RulesDeps;
  #rules: Rules | undefined;
  /** The start of the last read that found {@link #rules} to be those of the file. */
  #currentAtMs = Number.NEGATIVE_INFINITY;
  #faultlessAtMs: number | undefined;
  /** The last file that was read. If it is broken, that is logged once, and the file is not parsed again. */
  #file: RulesFile | undefined;
  #isWarned = false;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  /** Until a refresh is over. Resolves then, or after the maximum wait: a file system can hang, and webhooks must not. */
  #refreshing: Promise<void> | undefined;
  #wasTried = false;
  /** Whether a change waits for the refresh, as it would be ignored by the current rules. */
  #isAwaited = false;

  constructor(reader: RulesReader, deps: RulesDeps) {
    this.#reader = reader;
    this.#deps = deps;
  }

  /** Whether there are rules. */
  get areInForce(): boolean {
    return this.#rules !== undefined;
  }

  /** Time since they were last known to be those of the file, without mistakes. Undefined if they never were. */
  get ageMs(): number | undefined {
    return this.#faultlessAtMs === undefined ? undefined : this.#deps.now() - this.#faultlessAtMs;
  }

  /**
   * The rules. Undefined before they could be read. Then nothing may be ignored. If a change waits for a refresh, those that follow
   * wait as well, so that none overtakes an earlier one of its entity.
   */
  current(): Promise<Rules | undefined> | Rules | undefined {
    this.#refreshIfDue();
    const isWaitedFor = this.#reader.isQuick || !this.#wasTried || this.#isAwaited;
    return isWaitedFor && this.#refreshing ? this.#refreshing.then(() => this.#rules) : this.#rules;
  }

  /**
   * The rules, if they were those of the file at most 30 s ago. Read again if necessary. Undefined if that takes too long. Then
   * nothing may be ignored.
   */
  fresh(): Promise<Rules | undefined> | Rules | undefined {
    this.#refreshIfDue();
    const rules = this.#freshRules;
    if (rules !== undefined || this.#refreshing === undefined) return rules;
    this.#isAwaited = true;
    return this.#refreshing.then(() => this.#freshRules);
  }

  get #freshRules(): Rules | undefined {
    return this.#deps.now() - this.#currentAtMs < MAX_AGE_MS ? this.#rules : undefined;
  }

  #refreshIfDue(): void {
    const now = this.#deps.now();
    if (this.#refreshing !== undefined || now < this.#nextAtMs) return;
    this.#nextAtMs = now + this.#reader.everyMs;
    this.#refreshing = Promise.race([this.#refresh(now), wait(this.#deps.maxWaitMs, undefined, {ref: false})]);
  }

  /** Never rejects. Rules that cannot be read are a warning. */
  async #refresh(startedAtMs: number): Promise<void> {
    try {
      const former = this.#file;
      const read = await this.#reader.read(former?.version);
      // GitHub's ETags depend on the token, so one text can have two ETags.
      if (read !== undefined) this.#file = read.text === former?.text ? {...former, ...read} : this.#load(read);
      this.#adopt(startedAtMs);
    } catch (error) {
      this.#warn(error);
    }
    this.#wasTried = true;
    this.#isAwaited = false;
    this.#refreshing = undefined;
  }

  #load(read: Version): RulesFile {
    const {file} = this.#reader;
    const {value: rules, error} = loadRules(read.text, file);
    const loaded = {file, rules: rules?.rules.length};
    this.#isWarned = false;
    if (rules === undefined) this.#warn(error);
    else if (error === undefined) this.#deps.log.info(loaded, 'rules loaded');
    else this.#deps.log.warn({...loaded, reason: messageOf(error)}, LOADED_WITH_MISTAKES);
    return {...read, rules, hasMistakes: error !== undefined};
  }

  #adopt(readAtMs: number): void {
    const {rules, hasMistakes} = this.#file ?? {};
    if (rules === undefined) return;
    [this.#rules, this.#currentAtMs] = [rules, readAtMs];
    if (!hasMistakes) this.#faultlessAtMs = readAtMs;
    if (this.#isWarned) this.#deps.log.info({file: this.#reader.file}, 'rules can be read again');
    this.#isWarned = false;
  }

  #warn(error: unknown): void {
    if (error instanceof UnreadableRules) this.#nextAtMs = Math.max(this.#nextAtMs, this.#deps.now() + error.waitMs);
    this.#isWarned = true;
    const consequence = this.#freshRules ? 'the last good rules stay in force for 30 s' : 'every change is dispatched';
    this.#deps.log.warn({file: this.#reader.file, reason: messageOf(error)}, `rules can't be read: ${consequence}`);
  }
}
