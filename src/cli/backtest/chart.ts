/** Renders the messages by day as one sparkline for each destination. Pure. */
import type {Day} from '../../backtest/result.ts';

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** One or several days. */
export interface Bucket {
  readonly first: string;
  readonly last: string;
  readonly messages: ReadonlyMap<string, number>;
}

/** Splits the days into at most `max` buckets of equal size. */
export function bucketsOf(days: readonly Day[], max: number): Bucket[] {
  const size = Math.max(1, Math.ceil(days.length / max));
  return Array.from({length: Math.ceil(days.length / size)}, (_, index) => {
    const part = days.slice(index * size, (index + 1) * size);
    const messages = new Map<string, number>();
    for (const day of part) {
      for (const [name, n] of Object.entries(day.messages)) messages.set(name, (messages.get(name) ?? 0) + n);
    }
    return {first: part[0]?.day ?? '', last: part.at(-1)?.day ?? '', messages};
  });
}

/** A space for 0, and at least the lowest block for any other number. */
export function sparkline(numbers: readonly number[], max: number): string {
  return numbers
    .map(n => (n === 0 ? ' ' : (BLOCKS[Math.max(0, Math.ceil((n / Math.max(max, 1)) * BLOCKS.length) - 1)] ?? '█')))
    .join('');
}
