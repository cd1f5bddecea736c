/** Durations in rules: `20s`, `5m`, `1h`. */

const UNITS = {s: 1_000, m: 60_000, h: 3_600_000} as const;

/** Milliseconds of `20s`, `5m`, `1h`. Undefined for anything else, including a bare number, whose unit is unknown. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^([1-9]\d{0,5})(s|m|h)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * UNITS[unit as keyof typeof UNITS];
}

/** The milliseconds of a duration that a schema has already validated. */
export function parseValidDuration(duration: string): number {
  return parseDuration(duration) ?? 0;
}
