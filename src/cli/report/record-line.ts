/** Parses the fields of a decision record that a report needs. Older versions have fewer fields. */
import * as z from 'zod/mini';

const {optional, nullable} = z;

const Incident = z.object({
  id: z.string(),
  rule: z.string(),
  entity: z.string(),
  title: optional(z.string()),
  state: z.string(),
  since: z.number(),
  attempts: z.number(),
  closed: optional(z.number()),
  flapping: optional(z.object({n: z.number()})),
});
export type RecordedIncident = z.infer<typeof Incident>;

const Reaction = z.object({
  rule: z.string(),
  kind: z.string(),
  status: z.string(),
  run: optional(z.string()),
  job: optional(z.string()),
  severity: optional(z.string()),
  times: optional(
    z.object({
      relay: optional(z.string()),
      runCreated: optional(nullable(z.string())),
      rerun: optional(z.string()),
      started: optional(z.string()),
      answered: optional(z.string()),
      totalMs: z.number(),
    }),
  ),
});

export const RecordLine = z.object({
  change: z.object({
    source: optional(z.string()),
    id: z.string(),
    at: z.string(),
    blueprint: z.string(),
    entity: z.string(),
  }),
  rules: z.array(z.object({rule: z.string(), matched: z.boolean()})),
  reactions: z.array(Reaction),
  byClock: optional(z.boolean()),
  memory: optional(
    z.array(z.object({rule: z.string(), what: z.string(), before: nullable(Incident), after: nullable(Incident)})),
  ),
  run: optional(z.string()),
});
export type RecordLine = z.infer<typeof RecordLine>;
