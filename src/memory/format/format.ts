/**
 * Memory: the form of `memory.json`, one shard of what the action remembers. Times are seconds since the epoch unless they
 * say otherwise. Unknown keys are mistakes: a file of a later version must never be written back without them.
 */
import * as z from 'zod/mini';
import {describe} from '../../rules/written/describe-value.ts';
import {typeMessage} from '../../rules/written/written-values.ts';

const {optional} = z;

const Text = z.string(typeMessage('a text'));
const Whole = z.int(typeMessage('a whole number')).check(z.minimum(0, 'must not be negative'));
const Seconds = Whole;
const Names = z.array(Text, typeMessage('a list of texts'));
const OneOf = <const T extends string>(words: readonly T[]) =>
  z.enum(words as T[], {
    error: ({input}) => `must be one of ${words.join(', ')}, but is ${describe(input)}`,
  });

/** 16 hexadecimal digits: see `ledgerKey`. */
const Key = z.string().check(z.regex(/^[0-9a-f]{16}$/, 'is not a key: it needs 16 hexadecimal digits'));

export const STATES = ['pending', 'open', 'clearing', 'closed'] as const;
/**
 * `pending`: the rule holds, but not for long enough. `open`: it was reported. `clearing`: it is over, but not for long
 * enough. `closed`: kept as long as a match could reopen it.
 */
export type State = (typeof STATES)[number];

/** The messages of an incident's life, in the words of rule tests. */
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
 * A message that was sent to a destination. `channel` and `ts` name it in Slack, if it was sent with a bot token; `more` is
 * how many changes without an end it was about, too.
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
    /** When it began. */
    since: Seconds,
    /** Milliseconds: `at` of the latest change that it took in. */
    at: Whole,
    /** The rule's property after that change; absent if it is too long to be kept. */
    value: optional(z.unknown()),
    /** Scripts started. */
    attempts: Whole,
    lastRun: optional(Seconds),
    /** When to look whether the script helped. */
    verifyAt: optional(Seconds),
    /** When to start the next attempt: the cooldown was not over when the last one turned out not to help. */
    retryAt: optional(Seconds),
    /** Escalations sent. */
    escalated: Whole,
    /** Reminders sent since `again` or `since`, and when the last one was. */
    reminded: optional(Whole),
    remindedAt: optional(Seconds),
    /** When it last opened and closed; those that count for `flapping`. Ends with the last opening while it is open. */
    turns: z.array(Seconds, typeMessage('a list of times')),
    /** When it was reopened, or stopped flapping: reminders and `for` count from there. */
    again: optional(Seconds),
    /** By destination. */
    told: z.record(Text, Sent, typeMessage('a mapping')),
    /** Destinations that a message about it is on its way to, or is held back from: see `muted` and `inhibitedBy`. */
    route: optional(Names),
    /** The windows and silences that held its first message back. */
    muted: optional(Names),
    /** The open incident that holds it back. */
    inhibitedBy: optional(z.strictObject({id: Text, shard: Whole}, typeMessage('a mapping'))),
    /** Teams and environments of the entity, for mutes when the clock acts, without a change. */
    team: optional(Names),
    environment: optional(Names),
    /** The entities that may hold it back, by relation: see `inhibit`. */
    relations: optional(z.record(Text, Names, typeMessage('a mapping'))),
    clearedAt: optional(Seconds),
    closed: optional(Seconds),
    /** `n` openings and closings since `since`, the last one at `last`. */
    flapping: optional(z.strictObject({since: Seconds, n: Whole, last: Seconds}, typeMessage('a mapping'))),
    ack: optional(z.strictObject({by: Text, at: Seconds, until: optional(Seconds)}, typeMessage('a mapping'))),
    /** A person wants no message about it until then, but that it is over. It outlasts the closing. */
    silence: optional(z.strictObject({by: Text, at: Seconds, until: Seconds}, typeMessage('a mapping'))),
    gaveUp: optional(z.boolean(typeMessage('true or false'))),
    /** Its earliest timer. */
    due: optional(Seconds),
    /** The run that wrote it last: `<run id>/<attempt>`. */
    run: optional(Text),
    /** The run in which it began: messages link to it. */
    firstRun: optional(Text),
  },
  typeMessage('a mapping'),
);
export type Incident = Readonly<z.infer<typeof Incident>>;

const Unfinished = z.strictObject(
  {
    /** When the run began to act. */
    t: Seconds,
    run: Text,
    /** By destination. */
    notify: optional(z.record(Text, OneOf(['todo', 'done', 'failed']), typeMessage('a mapping'))),
    remediate: optional(OneOf(['started', 'done', 'failed'])),
    /** `at` of the change, or when the timer was due, rounded up: the ledger's value. */
    at: optional(Seconds),
    /** The incident's id, and which message it is about. */
    incident: optional(Text),
    told: optional(OneOf(TOPICS)),
    /** A message has reported that the script's outcome is not known. */
    unknown: optional(z.boolean(typeMessage('true or false'))),
  },
  typeMessage('a mapping'),
);
/** What a run began to do. Whoever finds it later knows what may have happened. */
export type Unfinished = Readonly<z.infer<typeof Unfinished>>;

export const MemoryFile = z.strictObject(
  {
    version: z.literal(1, 'must be 1'),
    shard: Whole,
    /** A change whose `at` is not later never reacts again. */
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

/** What a run has read, by number. */
export type Shards = ReadonlyMap<number, Memory>;

/** How far back a new shard takes changes for handled: what happened before the memory began does not react again. */
const START_SECONDS = 3600;

/** A shard that nothing was written to yet. */
export function emptyMemory(shard: number, nowMs: number): Memory {
  const horizon = Math.max(0, Math.floor(nowMs / 1000) - START_SECONDS);
  return {version: 1, shard, horizon, incidents: [], unfinished: {}, done: {}};
}
