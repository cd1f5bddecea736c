/** Act: the messages of a run to one channel: first messages, replies in the threads of their incidents, and edits. Pure. */
import {DEFAULT_PARTITIONS} from '../../change/event/incoming.ts';
import type {Match, Notification} from '../../decide/plan.ts';
import type {Incident, Topic} from '../../memory/format/format.ts';
import type {Rule} from '../../rules/rules.ts';
import type {SlackMessage} from './block-kit/blocks.ts';
import {type IncidentUpdate, isEnd, updateOf} from './incident/update.ts';
import {renderIncidentList} from './message/incident-list.ts';
import {type MessageContext, renderNotification} from './message/notification.ts';
import type {Destination} from './post/slack.ts';
import type {Posted} from './post/web-api.ts';

/** An incident in the first message of a thread, alone or with others. */
export interface Member {
  readonly incident: Incident;
  readonly rule: Rule;
}

/** The incidents of a thread as they are after this run. */
export type MembersOf = (destination: string, ts: string) => readonly Member[];

export interface ThreadContext extends MessageContext {
  /** Required to edit a message about several incidents. */
  readonly membersOf: MembersOf;
}

/** A message directly in the channel. */
interface FirstMessage {
  readonly kind: 'first';
  readonly matches: readonly Match[];
  readonly message: SlackMessage;
  /** Whether later messages about its incidents go into its thread. */
  readonly startsThread: boolean;
}

/** A message in a thread. */
interface Reply {
  readonly kind: 'reply';
  readonly matches: readonly Match[];
  readonly message: SlackMessage;
  readonly thread: Pick<Posted, 'channel' | 'ts'>;
  /** Whether the channel also shows the reply. */
  readonly broadcast: boolean;
  /**
   * The new text of the thread's first message. The edit precedes the reply, because it shows whether the message was deleted.
   */
  readonly edit?: SlackMessage;
}

/** An edit of a thread's first message, without a reply. */
interface Edit {
  readonly kind: 'edit';
  readonly thread: Pick<Posted, 'channel' | 'ts'>;
  readonly edit: SlackMessage;
}

export type Delivery = FirstMessage | Reply | Edit;

/** More threads are too many to read. Instead, one message in the channel contains all changes. */
const MAX_THREADS = 10;
/** The maximum number of edits of a run. Slack accepts about one edit a second. */
const MAX_EDITS = 50;

/** @param to the destination of the notification */
export function deliveriesOf(
  {destination, matches}: Notification,
  to: Destination,
  context: ThreadContext,
): Delivery[] {
  const render = (own: readonly Match[]) => renderNotification({destination, matches: own}, context);
  if ('webhook' in to) return [{kind: 'first', matches, message: render(matches), startsThread: false}];
  const {threads, rest} = byThread(destination, matches, to.channel);
  const first = byPartition(rest, context.partitions).map(
    (own): Delivery => ({kind: 'first', matches: own, message: render(own), startsThread: true}),
  );
  const replies = threads.map(thread => replyTo(thread, destination, context));
  if (threads.length <= MAX_THREADS) return [...first, ...replies];
  const all = replies.flatMap(reply => reply.matches);
  const edits = replies.flatMap(({edit, thread}) =>
    edit === undefined ? [] : [{kind: 'edit', edit, thread} as const],
  );
  return [
    ...first,
    {kind: 'first', matches: all, message: render(all), startsThread: false},
    ...edits.slice(0, MAX_EDITS),
  ];
}

/**
 * If the clock opens incidents of several partitions, each partition gets its own first message. A later run that edits the
 * message reads the memory of only one partition, and needs all incidents of the message. All changes of a run belong to one
 * partition.
 */
function byPartition(matches: readonly Match[], partitions = DEFAULT_PARTITIONS): Match[][] {
  const reactions = new Map(matches.map(match => [match, updateOf(match)?.reaction]));
  const ownShard = [...reactions.values()].find(reaction => reaction?.byClock === false)?.shard;
  const partitionOf = (match: Match) => {
    const reaction = reactions.get(match);
    return ((reaction?.byClock ? reaction.shard : ownShard) ?? 0) % partitions;
  };
  const found = [...new Set(matches.map(partitionOf))];
  return found.map(partition => matches.filter(match => partitionOf(match) === partition));
}

interface ThreadMatches {
  readonly channel: string;
  readonly ts: string;
  readonly matches: Match[];
}

/** The matches by thread. A thread in a channel other than the configured one is ignored. */
function byThread(destination: string, matches: readonly Match[], channel: string) {
  const threads = new Map<string, ThreadMatches>();
  const rest: Match[] = [];
  for (const match of matches) {
    const ts = threadOf(match, destination, channel);
    if (ts === undefined) {
      rest.push(match);
      continue;
    }
    const thread = threads.get(ts) ?? {channel, ts, matches: []};
    threads.set(ts, thread);
    thread.matches.push(match);
  }
  return {threads: [...threads.values()], rest};
}

/** The thread of the match's incident in the channel. Undefined before its first message. */
export function threadOf(match: Match, destination: string, channel: string): string | undefined {
  const messages = updateOf(match)?.reaction.incident?.told ?? {};
  const sent = Object.hasOwn(messages, destination) ? messages[destination] : undefined;
  return sent?.channel === channel ? sent.ts : undefined;
}

function replyTo(thread: ThreadMatches, destination: string, context: ThreadContext): Reply {
  const {channel, ts, matches} = thread;
  const updates = matches.flatMap(match => updateOf(match) ?? []);
  const message = renderNotification({destination, matches}, context);
  const edit = updates.some(changesFirst) ? editOf(thread, destination, context) : undefined;
  return {
    kind: 'reply',
    matches,
    message,
    thread: {channel, ts},
    broadcast: updates.some(needsBroadcast),
    ...(edit === undefined ? {} : {edit}),
  };
}

/** Whether the first message is outdated: the incident has ended, was reopened, or is flapping. */
function changesFirst(update: IncidentUpdate): boolean {
  return isEnd(update) || TURNS.has(update.reaction.topic);
}

const TURNS: ReadonlySet<Topic> = new Set(['reopened', 'flapping', 'stable']);

/** Whether people in the channel must see the reply even if they do not follow the thread. */
function needsBroadcast(update: IncidentUpdate): boolean {
  const {topic} = update.reaction;
  return changesFirst(update) || topic === 'escalation' || topic === 'gave-up';
}

function editOf({ts, matches}: ThreadMatches, destination: string, context: ThreadContext): SlackMessage {
  const members = context.membersOf(destination, ts);
  const others = Math.max(0, ...members.map(({incident}) => incident.told[destination]?.more ?? 0));
  if (members.length + others > 1) return renderIncidentList({members, others}, context);
  return renderNotification({destination, matches}, {...context, isEdit: true});
}
