/** Report: JSON for programs, that may pass a terminal on its way to them. Pure. */

/**
 * The value as JSON, with the control characters that JSON itself leaves as they are escaped: DEL and C1, of which U+009B
 * begins a command to a terminal as ESC [ does. What parses it reads the same.
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-7
 */
export function printedJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent);
  return json.replace(/[\u007f-\u009f]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
