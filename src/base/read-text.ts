/** Text files as people save them: UTF-8. Any other encoding is named, not guessed. */
import {readFileSync} from 'node:fs';
import {messageOf} from './errors.ts';
import {isObject} from './json.ts';

/** @throws {Error} if the file can't be read, or is not UTF-8: in words that follow "because" */
export function readText(path: string): string {
  try {
    return decodeText(readFileSync(path));
  } catch (error) {
    throw new Error(whyUnreadable(error));
  }
}

/** Why a file can't be read, in words that follow "because". @see https://nodejs.org/api/errors.html#common-system-errors */
export function whyUnreadable(error: unknown): string {
  const code = isObject(error) ? String(error['code']) : '';
  return REASONS[code] ?? messageOf(error);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it does not exist: a part of its path is a file',
  EISDIR: 'it is a folder',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  ELOOP: 'its links form a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'it is not the name of a file',
};

/** Without a byte order mark. @throws {Error} that names the encoding, if it is known */
export function decodeText(bytes: Uint8Array): string {
  const mistake = utf16Mistake(bytes);
  if (mistake !== undefined) throw new Error(mistake);
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    throw new Error('it is not UTF-8 text: save it as UTF-8');
  }
}

/** @param start the first four bytes, or more @returns what is wrong, or undefined if the text is not UTF-16 */
export function utf16Mistake(start: Uint8Array): string | undefined {
  const encoding = utf16Of(start);
  return encoding === undefined ? undefined : `it is ${encoding} text: save it as UTF-8`;
}

/** By its byte order mark, or by the zero in each character of plain English. PowerShell's `>` writes such files. */
function utf16Of([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'UTF-16 LE';
  if (first === 0xfe && second === 0xff) return 'UTF-16 BE';
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'UTF-16 LE';
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return 'UTF-16 BE';
  return undefined;
}
