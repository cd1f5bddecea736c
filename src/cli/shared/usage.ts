/** Invalid usage of the command line: what is missing or wrong in options, environment and files, all at once. */
import {ConfigError, type Problem} from '../../base/errors.ts';

/** The process exits with code 2. */
export class UsageError extends ConfigError {
  constructor(command: string, problems: readonly Problem[]) {
    super(
      `port-reactor ${command} can't start:`,
      problems.map(problem => ({...problem, message: `- ${problem.message}`})),
    );
  }
}
