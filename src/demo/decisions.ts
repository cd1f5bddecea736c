/** Parse: a run's decision record, as the pages and the terminal show it. Pure. */
import {z} from 'zod';

const Incident = z.object({
  id: z.string(),
  title: z.string(),
  state: z.string(),
  closed: z.number().optional(),
  turns: z.array(z.number()),
});

/** What of the record is shown; its whole shape is in report/decision-record-schema.ts. */
const Decision = z.object({
  change: z.object({id: z.string(), entity: z.string(), blueprint: z.string(), at: z.string()}),
  rules: z.array(
    z.object({
      rule: z.string(),
      matched: z.boolean(),
      reason: z.string(),
      conditions: z.array(z.object({condition: z.string(), held: z.boolean()})),
    }),
  ),
  reactions: z.array(
    z.object({
      rule: z.string(),
      kind: z.string(),
      status: z.string(),
      detail: z.string(),
      run: z.string().optional(),
      durationMs: z.number().optional(),
    }),
  ),
  /** What the incident memory did about each rule. */
  memory: z
    .array(
      z.object({
        rule: z.string(),
        key: z.string(),
        what: z.string(),
        before: Incident.nullable(),
        after: Incident.nullable(),
      }),
    )
    .default([]),
});
export type RecordedDecision = z.infer<typeof Decision>;

/** Lines that are not decisions are left out: a run that failed early may have written none. */
export function parseRecord(text: string): RecordedDecision[] {
  return text.split('\n').flatMap(line => {
    const decision = Decision.safeParse(parseOrNull(line));
    return decision.success ? [decision.data] : [];
  });
}

/** Whether the rule is about the change's blueprint at all. */
export function isAbout({conditions}: RecordedDecision['rules'][number]): boolean {
  return conditions.every(({condition, held}) => condition !== 'blueprint' || held);
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
