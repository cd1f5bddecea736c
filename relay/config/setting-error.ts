/** What is wrong with the value of a setting. */
import {ReactorError} from '../../src/base/errors.ts';

/** The message is the rest of a sentence that starts with the variable's name: `must be …`. It quotes no secret. */
export class SettingError extends ReactorError {}
