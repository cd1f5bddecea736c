/** A problem with the value of a setting. */
import {ReactorError} from '../../src/base/errors.ts';

/** The message continues a sentence that starts with the name of the variable: `must be …`. It never quotes a secret. */
export class SettingError extends ReactorError {}
