/** Parse: environment variables → settings. Reports all problems together. */
import {ReactorError} from '../errors.ts';
import {showValue} from '../text/show.ts';
import {defaultOf} from './relay-variables.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The message continues a sentence that starts with the name of the variable: `must be …`. It never quotes a secret. */
export class SettingError extends ReactorError {}

/** @throws {SettingError} */
export type Parse<T> = (value: string) => T;

/** @throws {SettingError} */
export function refuse(message: string): never {
  throw new SettingError(message);
}

/** Reads variables one by one and collects the problems. */
export class Settings {
  /** Sentences by the name of the variable. A variable that is listed is not checked further. */
  readonly problems: Map<string, string>;
  readonly #env: Env;

  /** @param problems problems that are already known */
  constructor(env: Env, problems: Map<string, string> = new Map()) {
    this.#env = env;
    this.problems = problems;
  }

  /** The value, or the default from src/base/settings/relay-variables.ts. */
  read<T>(name: string, parser: Parse<T>): T {
    return this.readOptional(name, parser) ?? parser(defaultOf(name) ?? '');
  }

  /** Unset and empty are the same, because compose files and charts pass unset variables as empty ones. */
  readOptional<T>(name: string, parser: Parse<T>): T | undefined {
    if (!this.has(name) || this.problems.has(name)) return undefined;
    try {
      return parser(this.#env[name]?.trim() ?? '');
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      this.problems.set(name, `${name} ${error.message}`);
      return undefined;
    }
  }

  require<T>(name: string, parser: Parse<T>, what: string): T {
    const read = this.readOptional(name, parser);
    if (read === undefined && !this.problems.has(name))
      this.problems.set(name, `${name} is missing: set it to ${what}`);
    return read as T; // if it is undefined, a problem was recorded
  }

  has(name: string): boolean {
    return (this.#env[name]?.trim() ?? '') !== '';
  }
}

/** A whole number, or any number with `{fraction: true}`. */
export function numberIn(min: number, max: number, {fraction = false} = {}): Parse<number> {
  const [form, what] = fraction ? [/^\d{1,15}(\.\d+)?$/, 'a number of seconds'] : [/^\d{1,15}$/, 'a whole number'];
  const without = fraction ? ', without a unit,' : ',';
  return value => {
    const number = form.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    return refuse(`must be ${what} from ${min} to ${max}${without} not ${quote(value)}`);
  };
}

/** Clipped, so that a secret that was pasted into the wrong variable is not shown in full. */
export function quote(value: string): string {
  return `"${showValue(value, 12)}"`;
}
