/** Parse: the files through which a step reports to its runner. */

/**
 * The outputs in `GITHUB_OUTPUT`: `name=value` lines, and `name<<DELIMITER` with the lines up to the delimiter.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings
 * @throws {Error} if a line has neither form
 */
export function parseOutputs(text: string): Record<string, string> {
  const outputs: [string, string][] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name, mark, rest = ''] = /^([^=<]+?)(<<|=)(.*)$/s.exec(line) ?? [];
    if (name === undefined) throw new Error(`Invalid format '${line}'`);
    if (mark === '=') {
      outputs.push([name, rest]);
      continue;
    }
    const end = lines.indexOf(rest, at + 1);
    if (rest === '' || end === -1) throw new Error(`Matching delimiter not found '${rest}'`);
    outputs.push([name, lines.slice(at + 1, end).join('\n')]);
    at = end;
  }
  return Object.fromEntries(outputs);
}
