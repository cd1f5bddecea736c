/** Text files as people save them: UTF-8. Any other encoding is named, not guessed. */
import {readFileSync} from 'node:fs';

/** @throws {Error} if the file can't be read, or is not UTF-8 */
export function readText(path: string): string {
  return decodeText(readFileSync(path));
}

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
