/** Parts of URLs. Pure. */

/** Whether the text is one http or https URL, without characters that end a link in Slack or in Markdown. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s<>|]+$/i.test(text) && URL.canParse(text);
}

/** The text with its percent-encoding decoded. Unchanged if the encoding is invalid. */
export function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
