/** Parse: the event of a new issue → the issue. Its text is untrusted. Pure. */
import * as z from 'zod/mini';
import {ConfigError} from '../base/errors.ts';

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  /** The login of the person who opened it. */
  readonly author: string;
  /** Milliseconds since the epoch. */
  readonly createdAtMs: number;
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues */
const IssuesEvent = z.object({
  issue: z.object({
    number: z.int().check(z.positive()),
    title: z.nullish(z.string()),
    body: z.nullish(z.string()),
    user: z.object({login: z.string()}),
    created_at: z.nullish(z.string()),
  }),
});

/**
 * @param nowMs used if the event has no valid time
 * @throws {ConfigError} if the event is not about an issue
 */
export function readIssue(event: unknown, nowMs: number): Issue {
  const result = IssuesEvent.safeParse(event);
  if (!result.success) throw noIssue();
  const {number, title, body, user, created_at: createdAt} = result.data.issue;
  const createdAtMs = Date.parse(createdAt ?? '');
  return {
    number,
    title: title ?? '',
    body: body ?? '',
    author: user.login,
    createdAtMs: Number.isNaN(createdAtMs) ? nowMs : Math.min(createdAtMs, nowMs),
  };
}

function noIssue(): ConfigError {
  const message = 'Run `mode: command` in a workflow with `on: { issues: { types: [opened] } }`.';
  return new ConfigError('There is no command to run: the event that started the run is not about an issue.', [
    {message},
  ]);
}
