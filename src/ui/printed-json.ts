/** Report: JSON for programs, safe to print on a terminal. Pure. */

/**
 * The value as JSON, with DEL and C1 control characters escaped too. JSON leaves them unescaped, but U+009B starts a terminal
 * command like ESC [ does. Parsers read the same value.
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-7
 */
export function printedJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent);
  return json.replace(/[\u007f-\u009f]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
