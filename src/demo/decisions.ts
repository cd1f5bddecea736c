/** Parse: a run's decision record → the data that the pages and the terminal show. Pure. */
import {z} from 'zod';
import {parseOrUndefined} from '../base/json.ts';

const Incident = z.object({
  id: z.string(),
  title: z.string(),
  state: z.string(),
  closed: z.number().optional(),
  turns: z.array(z.number()),
});

/** The part of the record that the demo shows. report/decision-record-schema.ts has the full schema. */
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
  /** The records of the incident memory for each rule. */
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
export type DemoDecision = z.infer<typeof Decision>;

/** Skips lines that are not decisions. A run that failed early may not have written any. */
export function parseRecord(text: string): DemoDecision[] {
  return text.split('\n').flatMap(line => {
    const decision = Decision.safeParse(parseOrUndefined(line));
    return decision.success ? [decision.data] : [];
  });
}
