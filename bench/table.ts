/** Results as Markdown. */

export interface Section {
  readonly title: string;
  /** A sentence or two: what was done. */
  readonly method: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function renderSection({title, method, head, rows}: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [`### ${title}`, '', method, '', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Three digits that count, no more. */
export function round(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

export function times(value: number): string {
  return `${value.toFixed(2)} ×`;
}
