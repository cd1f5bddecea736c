/**
 * Memory: the schema of `memory.json`, one shard of the incident memory. Times are seconds since the epoch, unless noted.
 * Unknown keys are errors, because a file of a later version must never be written back without them.
 */
import * as z from 'zod/mini';
import {describe} from '../../rules/written/describe-value.ts';
import {typeMessage} from '../../rules/written/written-values.ts';

const {optional} = z;

const Text = z.string(typeMessage('a string'));
const Whole = z.int(typeMessage('a whole number')).check(z.minimum(0, 'must not be negative'));
const Seconds = Whole;
const Names = z.array(Text, typeMessage('a list of strings'));
const OneOf = <const T extends string>(words: readonly T[]) =>
  z.enum(words as T[], {
    error: ({input}) => `must be one of ${words.join(', ')}, but is ${describe(input)}`,
  });

/** 16 hexadecimal digits. See `ledgerKey`. */
const Key = z.string().check(z.regex(/^[0-9a-f]{16}$/, 'is not a key: it needs 16 hexadecimal digits'));

export const STATES = ['pending', 'open', 'clearing', 'closed'] as const;
/**
 * `pending`: the rule holds, but not yet for the required time. `open`: it was reported. `clearing`: it ended, but not yet for
 * the required time. `closed`: stored as long as a match can reopen it.
 */
export type State = (typeof STATES)[number];

/** The kinds of messages about an incident, with the names that rule tests use. */
export const TOPICS = [
  'firing',
  'reopened',
  'update',
  'recovered',
  'reminder',
  'escalation',
  'flapping',
  'stable',
  'not-recovered',
  'gave-up',
  'deleted',
  'outcome-unknown',
] as const;
export type Topic = (typeof TOPICS)[number];

/**
 * A message that was sent to a destination. `channel` and `ts` identify it in Slack if a bot token was used. `more` is the
 * number of additional changes without an end in the same message.
 */
const Sent = z.strictObject(
  {at: Seconds, channel: optional(Text), ts: optional(Text), more: optional(Whole)},
  typeMessage('a mapping'),
);
export type Sent = z.infer<typeof Sent>;

const Incident = z.strictObject(
  {
    id: Text,
    rule: Text,
    blueprint: Text,
    entity: Text,
    title: Text,
    state: OneOf(STATES),
    /** When it started. */
    since: Seconds,
    /** Milliseconds: `at` of the latest change that was applied. */
    at: Whole,
    /** The value of the rule's property after that change. Absent if it is too long. */
    value: optional(z.unknown()),
    /** The number of scripts that were started. */
    attempts: Whole,
    lastRun: optional(Seconds),
    /** When to check whether the script helped. */
    verifyAt: optional(Seconds),
    /** When to start the next attempt. Set if the script did not help and the cooldown has not ended. */
    retryAt: optional(Seconds),
    /** The number of escalations that were sent. */
    escalated: Whole,
    /** The number of reminders sent since `again` or `since`, and the time of the last one. */
    reminded: optional(Whole),
    remindedAt: optional(Seconds),
    /** The times of openings and closings that count for `flapping`. While the incident is open, the last one is its opening. */
    turns: z.array(Seconds, typeMessage('a list of times')),
    /** When the incident was reopened or stopped flapping. Reminders and `for` count from this time. */
    again: optional(Seconds),
    /** The messages that were sent, by destination. */
    told: z.record(Text, Sent, typeMessage('a mapping')),
    /** Destinations for which a message is being sent, or is suppressed: see `muted` and `inhibitedBy`. */
    route: optional(Names),
    /** The windows and silences that suppressed the first message. */
    muted: optional(Names),
    /** The open incident that inhibits this one. */
    inhibitedBy: optional(z.strictObject({id: Text, shard: Whole}, typeMessage('a mapping'))),
    /** Teams and environments of the entity, for mutes when the clock runs without a change. */
    team: optional(Names),
    environment: optional(Names),
    /** The entities whose incidents can inhibit this one, by relation. See `inhibit`. */
    relations: optional(z.record(Text, Names, typeMessage('a mapping'))),
    clearedAt: optional(Seconds),
    closed: optional(Seconds),
    /** `n` openings and closings since `since`, the last one at `last`. */
    flapping: optional(z.strictObject({since: Seconds, n: Whole, last: Seconds}, typeMessage('a mapping'))),
    ack: optional(z.strictObject({by: Text, at: Seconds, until: optional(Seconds)}, typeMessage('a mapping'))),
    /** Until this time, a person wants no messages, except about the closing. The silence outlasts the closing. */
    silence: optional(z.strictObject({by: Text, at: Seconds, until: Seconds}, typeMessage('a mapping'))),
    gaveUp: optional(z.boolean(typeMessage('true or false'))),
    /** When the earliest timer is due. */
    due: optional(Seconds),
    /** The run that last wrote the incident: `<run id>/<attempt>`. */
    run: optional(Text),
    /** The run in which the incident started. Messages link to it. */
    firstRun: optional(Text),
  },
  typeMessage('a mapping'),
);
export type Incident = Readonly<z.infer<typeof Incident>>;

const Unfinished = z.strictObject(
  {
    /** When the run started to act. */
    t: Seconds,
    run: Text,
    /** The state of each message, by destination. */
    notify: optional(z.record(Text, OneOf(['todo', 'done', 'failed']), typeMessage('a mapping'))),
    remediate: optional(OneOf(['started', 'done', 'failed'])),
    /** The `at` of the change, or when the timer was due, rounded up. It becomes the value in the ledger. */
    at: optional(Seconds),
    /** The incident's ID, and the kind of message. */
    incident: optional(Text),
    told: optional(OneOf(TOPICS)),
    /** Whether a message has reported that the outcome of the script is unknown. */
    unknown: optional(z.boolean(typeMessage('true or false'))),
  },
  typeMessage('a mapping'),
);
/** Work that a run started. If the run dies, it shows later runs what may have happened. */
export type Unfinished = Readonly<z.infer<typeof Unfinished>>;

export const MemoryFile = z.strictObject(
  {
    version: z.literal(1, 'must be 1'),
    shard: Whole,
    /** Changes with an `at` at or before this time never react again. */
    horizon: Seconds,
    incidents: z.array(Incident, typeMessage('a list')),
    unfinished: z.record(Key, Unfinished, typeMessage('a mapping')),
    /** The ledger: key → `at` of the change, rounded up. */
    done: z.record(Key, Seconds, typeMessage('a mapping')),
  },
  typeMessage('a mapping'),
);

/** One shard. */
export interface Memory {
  readonly version: 1;
  readonly shard: number;
  readonly horizon: number;
  readonly incidents: readonly Incident[];
  readonly unfinished: Readonly<Record<string, Unfinished>>;
  readonly done: Readonly<Record<string, number>>;
}

/** The shards that a run has read, by number. */
export type Shards = ReadonlyMap<number, Memory>;

/** In a new shard, changes older than this count as handled, so that changes from before the memory do not react again. */
const START_SECONDS = 3600;

/** The content of a shard that was never written. */
export function emptyMemory(shard: number, nowMs: number): Memory {
  const horizon = Math.max(0, Math.floor(nowMs / 1000) - START_SECONDS);
  return {version: 1, shard, horizon, incidents: [], unfinished: {}, done: {}};
}
