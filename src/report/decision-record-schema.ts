/** Report: the schema of the decision record, published as dist/decisions.schema.json. Writing a record does not load it. */
import {z} from 'zod';
import {CHANGE_ACTIONS, CHANGE_SOURCES} from '../change/change.ts';

const Values = z.record(z.string(), z.unknown());
const Snapshot = z
  .object({
    title: z.string().nullable().optional(),
    team: z.array(z.string()).optional(),
    properties: Values,
    relations: Values,
  })
  .nullable();

const RecordedChange = z.object({
  id: z.string().describe("Port's run id, or a hash of the change if it has none"),
  runId: z.string().optional(),
  source: z.enum(CHANGE_SOURCES),
  action: z.enum(CHANGE_ACTIONS),
  blueprint: z.string(),
  entity: z.string(),
  title: z.string(),
  team: z.array(z.string()),
  at: z.string().describe('When the change happened: ISO 8601, as Port sent it'),
  by: z.object({userId: z.string().optional(), email: z.string().optional(), byPort: z.boolean().optional()}),
  origin: z.string(),
  before: Snapshot,
  after: Snapshot,
  timer: z.string().optional().describe('The timer property that expired'),
  truncated: z.array(z.string()).optional().describe("What was truncated to keep within GitHub's limit"),
});

const RecordedCondition = z.object({
  condition: z.string().describe('blueprint, on, property, from, to, above, below or if'),
  expected: z.unknown().describe('The value that the rule requires'),
  actual: z.unknown().describe('The value in the change'),
  held: z.boolean(),
  unknown: z
    .boolean()
    .optional()
    .describe('The result is unknown: a value was removed from the payload, or the expression failed'),
  hint: z.string().optional().describe('What the author of the rule may have meant'),
});

const RecordedVerdict = z.object({
  rule: z.string(),
  matched: z.boolean(),
  undecided: z.boolean().optional().describe('The result is unknown. `reason` explains why'),
  reason: z.string().describe('The condition that decided, in a sentence'),
  conditions: z.array(RecordedCondition),
});

const Reaction = z.object({
  change: z.string().describe("The change's id"),
  rule: z.string(),
  kind: z.enum(['notification', 'remediation']),
  status: z.enum(['done', 'skipped', 'failed', 'planned']),
  detail: z.string(),
  destination: z.string().optional().describe('The Slack destination'),
  route: z
    .string()
    .optional()
    .describe('What selected the destination: routes[1] of the rules file, notify.slack of the rule, or `default`'),
  run: z.string().optional().describe('The script of the repository'),
  job: z.string().optional().describe('The later job that runs the remediation'),
  exitCode: z.number().optional(),
  durationMs: z.number().optional(),
  severity: z.string().optional().describe('Severity of the rule: info, warning or critical. Only with `times`'),
  times: z
    .object({
      relay: z.string().optional().describe('When the relay received the first change of the dispatch: ISO 8601'),
      runCreated: z
        .string()
        .nullable()
        .optional()
        .describe('When GitHub created the run, in whole seconds. Null if unknown. Absent in older records'),
      runCreatedUnknown: z.string().optional().describe('Why `runCreated` is null'),
      rerun: z.string().optional().describe('When this attempt was started, if it is a re-run'),
      started: z.string().describe('When the action started in its job'),
      answered: z.string().describe('When Slack accepted the message'),
      totalMs: z.number().describe('From `at` of the change to `answered`'),
    })
    .optional()
    .describe('Time to notify: for a message about a change that was sent'),
  undecided: z
    .array(z.string())
    .optional()
    .describe('The parts of the reactions that could not be decided: a route, a window, a value of the text'),
  notes: z.array(z.string()).optional().describe('Settings of the rule that had no effect in this run'),
});

const Incident = z.record(z.string(), z.unknown()).nullable().describe('As in dist/memory.schema.json');
const Remembered = z.object({
  rule: z.string(),
  key: z.string().describe('The key in the ledger'),
  shard: z.number(),
  what: z.string().describe('The message that was sent, `run` for a script, or why nothing was done'),
  before: Incident,
  after: Incident,
  unfinished: z
    .array(z.object({kind: z.enum(['message', 'script']), status: z.enum(['done', 'failed'])}).loose())
    .optional()
    .describe('Reactions that were done but could not be written to the memory'),
});

/** A line of the record; published as dist/decisions.schema.json. */
export const DecisionRecord = z
  .object({
    change: RecordedChange,
    rules: z.array(RecordedVerdict).describe('Every rule of the file, in its order'),
    reactions: z.array(Reaction),
    byClock: z
      .boolean()
      .optional()
      .describe('No change was decided: a timer of the incident memory was due, and `change` is built from the memory'),
    memory: z.array(Remembered).optional().describe('The incidents in the memory before and after'),
    run: z.string().describe('URL of the workflow run'),
  })
  .describe('What Port Reactor decided about one change of the catalog');
