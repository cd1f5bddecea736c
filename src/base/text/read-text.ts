/** Reads text files as UTF-8. Errors name any other encoding instead of guessing. */
import {readFileSync} from 'node:fs';
import {messageOf} from '../errors.ts';
import {isObject} from '../json.ts';

/** @throws {Error} if the file can't be read or is not UTF-8. The message continues a sentence that ends in "because" */
export function readText(path: string): string {
  try {
    return decodeText(readFileSync(path));
  } catch (error) {
    throw new Error(whyUnreadable(error));
  }
}

/** Why a file can't be read, as text that follows "because". @see https://nodejs.org/api/errors.html#common-system-errors */
export function whyUnreadable(error: unknown): string {
  const code = isObject(error) ? String(error['code']) : '';
  return REASONS[code] ?? messageOf(error);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it does not exist: a part of its path is a file',
  EISDIR: 'it is a folder',
  EACCES: 'you do not have permission to read it',
  EPERM: 'you do not have permission to read it',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'it is not the name of a file',
};

/** The text without its byte order mark. @throws {Error} that names the encoding, if it is known */
export function decodeText(bytes: Uint8Array): string {
  const mistake = utf16Mistake(bytes);
  if (mistake !== undefined) throw new Error(mistake);
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    throw new Error('it is not UTF-8 text: save it as UTF-8');
  }
}

/** @param start the first four bytes, or more @returns a description of the problem, or undefined if the text is not UTF-16 */
export function utf16Mistake(start: Uint8Array): string | undefined {
  const encoding = utf16Of(start);
  return encoding === undefined ? undefined : `it is ${encoding} text: save it as UTF-8`;
}

/** Detects UTF-16 by its byte order mark, or by the zero byte in each ASCII character. PowerShell's `>` writes UTF-16 files. */
function utf16Of([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'UTF-16 LE';
  if (first === 0xfe && second === 0xff) return 'UTF-16 BE';
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'UTF-16 LE';
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return 'UTF-16 BE';
  return undefined;
}
