/** Invalid usage of the command line. Lists everything that is missing or invalid in options, environment and files. */
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
