/** Report: the schema of the decision record, published as dist/decisions.schema.json; the writing needs none of it. */
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
  truncated: z.array(z.string()).optional().describe("What was cut to keep within GitHub's limit"),
});

const RecordedCondition = z.object({
  condition: z.string().describe('blueprint, on, property, from, to, above, below or if'),
  expected: z.unknown().describe('What the rule asks for'),
  actual: z.unknown().describe('What the change has'),
  held: z.boolean(),
  unknown: z
    .boolean()
    .optional()
    .describe('Whether it holds is not known: a value was cut from the payload, or the expression failed'),
  hint: z.string().optional().describe('What the author of the rule may have meant'),
});

const RecordedVerdict = z.object({
  rule: z.string(),
  matched: z.boolean(),
  undecided: z.boolean().optional().describe('Whether it matches is not known: the reason says why'),
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
    .describe('What led there: routes[1] of the rules file, notify.slack of the rule, or `default`'),
  run: z.string().optional().describe('The script of the repository'),
  job: z.string().optional().describe('The later job that it was handed to'),
  exitCode: z.number().optional(),
  durationMs: z.number().optional(),
  severity: z.string().optional().describe('Of the rule, beside `times`: info, warning or critical'),
  times: z
    .object({
      relay: z.string().optional().describe('When the relay had received the first change of the dispatch: ISO 8601'),
      runCreated: z
        .string()
        .nullable()
        .optional()
        .describe(
          'When GitHub had created the run, in whole seconds. Null if GitHub did not say. Absent in older records',
        ),
      runCreatedUnknown: z.string().optional().describe('Why `runCreated` is null'),
      rerun: z.string().optional().describe('When this attempt was started, if it is a re-run'),
      started: z.string().describe('When the action started in its job'),
      answered: z.string().describe('When Slack had accepted the message'),
      totalMs: z.number().describe('From `at` of the change to `answered`'),
    })
    .optional()
    .describe('Time to notify, of a message about a change that was sent'),
  undecided: z
    .array(z.string())
    .optional()
    .describe("What about the rule's reactions could not be decided: a route, a window, a value of the text"),
  notes: z.array(z.string()).optional().describe('What the rule asks for that is not in force yet'),
});

const Incident = z.record(z.string(), z.unknown()).nullable().describe('As in dist/memory.schema.json');
const Remembered = z.object({
  rule: z.string(),
  key: z.string().describe('In the ledger'),
  shard: z.number(),
  what: z.string().describe('The message that was sent, `run` for a script, or why nothing was done'),
  before: Incident,
  after: Incident,
  unfinished: z
    .array(z.object({kind: z.enum(['message', 'script']), status: z.enum(['done', 'failed'])}).loose())
    .optional()
    .describe('What was done and could not be written to the memory'),
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
      .describe('No change was decided: a timer of the incident memory was due, and `change` is what the memory knows'),
    memory: z.array(Remembered).optional().describe('What the incident memory knew before, and what it knows now'),
    run: z.string().describe('Address of the workflow run'),
  })
  .describe('What Port Reactor decided about one change of the catalog');
