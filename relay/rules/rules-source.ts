/** Read: the current rules, refreshed in the background. A webhook waits only briefly for them, and never fails because of them. */
import {setTimeout as wait} from 'node:timers/promises';
import type {Now} from '../../src/base/deps.ts';
import {messageOf} from '../../src/base/errors.ts';
import {loadRules} from '../../src/rules/parse-rules.ts';
import type {Rules} from '../../src/rules/rules.ts';
import type {RelayLog} from '../observe/log.ts';
import {type RulesReader, UnreadableRules, type Version} from './rules-reader.ts';

export interface RulesDeps {
  readonly now: Now;
  readonly log: RelayLog;
  /** The maximum time that webhooks wait for one read. */
  readonly maxWaitMs: number;
}

/** Rules older than this are not used to ignore a change. */
const MAX_AGE_MS = 30_000;

const LOADED_WITH_MISTAKES =
  'rules loaded, except those with mistakes. Changes that such a rule may match are dispatched';

/** A version of the file, with the rules in it. */
interface RulesFile extends Version {
  /** The rules without those that have mistakes. Undefined if no rule could be loaded. */
  readonly rules: Rules | undefined;
  readonly hasMistakes: boolean;
}

/**
 * Runs one refresh at a time, at the interval of the reader. The last valid rules stay in use until newer valid ones are read.
 */
export class RulesSource {
  readonly #reader: RulesReader;
  readonly #deps: RulesDeps;
  #rules: Rules | undefined;
  /** The start of the last read that confirmed {@link #rules}. */
  #currentAtMs = Number.NEGATIVE_INFINITY;
  #validAtMs: number | undefined;
  /** The last file that was read. A file with mistakes is parsed and logged only once. */
  #file: RulesFile | undefined;
  #isWarned = false;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  /** Set during a refresh. Resolves at its end, or after the maximum wait, because a file system can hang. */
  #refreshing: Promise<void> | undefined;
  #wasTried = false;
  /** Whether a change that the current rules would ignore waits for the refresh. */
  #isAwaited = false;

  constructor(reader: RulesReader, deps: RulesDeps) {
    this.#reader = reader;
    this.#deps = deps;
  }

  /** Whether rules are loaded. */
  get areLoaded(): boolean {
    return this.#rules !== undefined;
  }

  /** Time since the last read that confirmed the rules and found no mistakes. Undefined before the first one. */
  get ageMs(): number | undefined {
    return this.#validAtMs === undefined ? undefined : this.#deps.now() - this.#validAtMs;
  }

  /** Starts a refresh in the background, if one is due. */
  refreshIfDue(): void {
    const now = this.#deps.now();
    if (this.#refreshing !== undefined || now < this.#nextAtMs) return;
    this.#nextAtMs = now + this.#reader.everyMs;
    this.#refreshing = Promise.race([this.#refresh(now), wait(this.#deps.maxWaitMs, undefined, {ref: false})]);
  }

  /**
   * The rules, refreshed if necessary. Undefined until they are read. No change can be ignored without rules. If a change waits
   * for a refresh, later changes also wait, so that changes of one entity stay in order.
   */
  read(): Promise<Rules | undefined> | Rules | undefined {
    this.refreshIfDue();
    const isWaitedFor = this.#reader.isQuick || !this.#wasTried || this.#isAwaited;
    return isWaitedFor && this.#refreshing ? this.#refreshing.then(() => this.#rules) : this.#rules;
  }

  /**
   * The rules, if a read confirmed them in the last 30 s. Reads them again if necessary. Undefined if that takes too long. No
   * change can be ignored then.
   */
  readFresh(): Promise<Rules | undefined> | Rules | undefined {
    this.refreshIfDue();
    const rules = this.#freshRules;
    if (rules !== undefined || this.#refreshing === undefined) return rules;
    this.#isAwaited = true;
    return this.#refreshing.then(() => this.#freshRules);
  }

  get #freshRules(): Rules | undefined {
    return this.#deps.now() - this.#currentAtMs < MAX_AGE_MS ? this.#rules : undefined;
  }

  /** Never rejects. Logs a warning if the rules cannot be read. */
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
    if (!hasMistakes) this.#validAtMs = readAtMs;
    if (this.#isWarned) this.#deps.log.info({file: this.#reader.file}, 'rules can be read again');
    this.#isWarned = false;
  }

  #warn(error: unknown): void {
    if (error instanceof UnreadableRules) this.#nextAtMs = Math.max(this.#nextAtMs, this.#deps.now() + error.waitMs);
    this.#isWarned = true;
    const consequence = this.#freshRules ? 'the last valid rules stay in use for 30 s' : 'every change is dispatched';
    this.#deps.log.warn({file: this.#reader.file, reason: messageOf(error)}, `rules can't be read: ${consequence}`);
  }
}
