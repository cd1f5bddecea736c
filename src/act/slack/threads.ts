/** Act: the messages of a run to one channel: first messages, replies in the threads of their incidents, and edits. Pure. */
import {DEFAULT_PARTITIONS} from '../../change/event/incoming.ts';
import type {Match, Notification} from '../../decide/plan.ts';
import type {Incident, Topic} from '../../memory/format/format.ts';
import type {Rule} from '../../rules/rules.ts';
import type {SlackMessage} from './block-kit/blocks.ts';
import {isEnd, type Story, storyOf} from './incident/story.ts';
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
  /** For the edit of a message that is about several incidents. */
  readonly membersOf: MembersOf;
}

/** A message in the channel itself. */
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
  /** Whether the channel shows it too. */
  readonly broadcast: boolean;
  /** The new text of the thread's first message. The edit comes before the reply, as it shows whether the message was deleted. */
  readonly edit?: SlackMessage;
}

/** A thread's first message that changes, without a reply. */
interface Edit {
  readonly kind: 'edit';
  readonly thread: Pick<Posted, 'channel' | 'ts'>;
  readonly edit: SlackMessage;
}

export type Delivery = FirstMessage | Reply | Edit;

/** A person cannot read more threads one by one. Instead, one message in the channel has all changes. */
const MAX_THREADS = 10;
/** Slack accepts about one edit a second. */
const MAX_EDITS = 50;

/** @param to where the notification goes */
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
 * If the clock opens incidents of several partitions, each partition has a first message of its own. The run that edits it later
 * reads the memory of one partition, and must know all incidents of the message. All changes of a run are of one partition.
 */
function byPartition(matches: readonly Match[], partitions = DEFAULT_PARTITIONS): Match[][] {
  const reactions = new Map(matches.map(match => [match, storyOf(match)?.reaction]));
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

/** The matches by their threads. A thread in another channel than the configured one is not used. */
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
  const messages = storyOf(match)?.reaction.incident?.told ?? {};
  const sent = Object.hasOwn(messages, destination) ? messages[destination] : undefined;
  return sent?.channel === channel ? sent.ts : undefined;
}

function replyTo(thread: ThreadMatches, destination: string, context: ThreadContext): Reply {
  const {channel, ts, matches} = thread;
  const stories = matches.flatMap(match => storyOf(match) ?? []);
  const message = renderNotification({destination, matches}, context);
  const edit = stories.some(changesFirst) ? editOf(thread, destination, context) : undefined;
  return {
    kind: 'reply',
    matches,
    message,
    thread: {channel, ts},
    broadcast: stories.some(isLoud),
    ...(edit === undefined ? {} : {edit}),
  };
}

/** Whether the first message is no longer true: the incident is over, is bad again, or is flapping. */
function changesFirst(story: Story): boolean {
  return isEnd(story) || TURNS.has(story.reaction.topic);
}

const TURNS: ReadonlySet<Topic> = new Set(['reopened', 'flapping', 'stable']);

/** Whether people in the channel must see the reply, although they do not follow the thread. */
function isLoud(story: Story): boolean {
  const {topic} = story.reaction;
  return changesFirst(story) || topic === 'escalation' || topic === 'gave-up';
}

function editOf({ts, matches}: ThreadMatches, destination: string, context: ThreadContext): SlackMessage {
  const members = context.membersOf(destination, ts);
  const others = Math.max(0, ...members.map(({incident}) => incident.told[destination]?.more ?? 0));
  if (members.length + others > 1) return renderIncidentList({members, others}, context);
  return renderNotification({destination, matches}, {...context, isEdit: true});
}
