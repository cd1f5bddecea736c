/** Act: sends one delivery. Edits the first message before a reply, and posts to the channel if the thread was deleted. */
import {messageOf} from '../../base/errors.ts';
import {type Destination, isDeleted, type Slack} from './post/slack.ts';
import type {Posted} from './post/web-api.ts';
import type {Delivery} from './threads.ts';

export interface Delivered {
  /** Why the message could not be delivered. */
  readonly failure?: string;
  /** Other problems. */
  readonly remark?: string;
  /** The first message of a new thread. */
  readonly posted?: Pick<Posted, 'channel' | 'ts'>;
}

type Reply = Extract<Delivery, {kind: 'reply'}>;

/** Never rejects. */
export async function deliver(delivery: Delivery, to: Destination, slack: Slack): Promise<Delivered> {
  try {
    if (delivery.kind === 'reply') return await reply(delivery, to, slack);
    if (delivery.kind === 'edit') {
      await slack.edit(delivery.thread, delivery.edit);
      return {};
    }
    const posted = await slack.send(to, delivery.message);
    return posted === undefined || !delivery.startsThread ? {} : {posted: locationOf(posted)};
  } catch (error) {
    return {failure: messageOf(error)};
  }
}

async function reply(delivery: Reply, to: Destination, slack: Slack): Promise<Delivered> {
  const {edit, thread, broadcast, message} = delivery;
  const failed = edit && (await failureOf(slack.edit(thread, edit)));
  if (isDeleted(failed)) return postToChannel(delivery, to, slack);
  const remark = failed === undefined ? {} : {remark: `the first message could not be edited: ${messageOf(failed)}`};
  try {
    const posted = await slack.send(to, message, {ts: thread.ts, ...(broadcast ? {broadcast} : {})});
    return posted?.isOutside ? {...remark, posted: locationOf(posted)} : remark;
  } catch (error) {
    if (isDeleted(error)) return postToChannel(delivery, to, slack);
    throw error;
  }
}

/** Posts to the channel, because the first message of the thread was deleted. The new message starts a new thread. */
async function postToChannel({message}: Reply, to: Destination, slack: Slack): Promise<Delivered> {
  const posted = await slack.send(to, message);
  return posted === undefined ? {} : {posted: locationOf(posted)};
}

function locationOf({channel, ts}: Posted): Pick<Posted, 'channel' | 'ts'> {
  return {channel, ts};
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error;
  }
}
