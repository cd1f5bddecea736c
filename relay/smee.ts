/** Feeds the relay from a smee channel, for machines that Port can't reach (https://smee.io). */
import {messageOf} from '../src/errors.ts';
import type {RelayLog} from './log.ts';

export interface Subscription {
  stop(): Promise<void>;
}

/**
 * Subscribes, and posts every event of the channel to `target`. Returns before the connection stands: the channel may come
 * later, and reconnecting is smee's own business. The channel's address is all it takes to read it, so it is not logged.
 */
export async function subscribe(channel: string, target: string, log: RelayLog): Promise<Subscription> {
  // Loaded only here, as most relays never need it; `eager` keeps the bundle in one file.
  const {SmeeClient} = await import(/* webpackMode: "eager" */ 'smee-client');
  const client = new SmeeClient({
    source: channel,
    target,
    logger: {info() {}, error: (...told: unknown[]) => log.warn({reason: reasonOf(told.at(-1))}, 'smee channel')},
  });
  client.start().then(
    () => log.info({}, 'smee channel connected'),
    error => log.warn({reason: reasonOf(error)}, 'smee channel not connected; check WEBHOOK_PROXY_URL'),
  );
  return {stop: () => client.stop()};
}

/** smee rejects with an Event, not an Error; what went wrong is in its `message` and `code`, where it is told. */
function reasonOf(thrown: unknown): string {
  const {message, code} = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Record<string, unknown>;
  if (thrown instanceof Error || typeof message !== 'string') return messageOf(thrown);
  return typeof code === 'number' ? `${message} (${code})` : message;
}
