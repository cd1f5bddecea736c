/** Results as Markdown. */

export interface Section {
  readonly title: string;
  /** One or two sentences that describe the measurement. */
  readonly method: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function renderSection({title, method, head, rows}: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [`### ${title}`, '', method, '', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Rounds to three significant digits. */
export function round(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

export function times(value: number): string {
  return `${value.toFixed(2)} ×`;
}
