/** Act: finds out when GitHub created the run while messages are being sent, and adds the times to each message. */
import {isTimed, withTimes} from '../act/notify-times.ts';
import type {Outcome} from '../act/outcome.ts';
import type {World} from '../base/deps.ts';
import {lazy} from '../base/lazy.ts';
import type {Run} from '../base/run.ts';
import {readRunCreated} from '../clients/github/run-created.ts';
import type {Plan} from '../decide/plan.ts';

interface Known {
  readonly run: Run;
  readonly token: string | undefined;
  /** Whether GitHub is queried. With `memory: off`, the action sends no requests to GitHub. */
  readonly isGitHubQueried: boolean;
  /** When the action started, in milliseconds since the epoch. */
  readonly startedMs: number;
}

export interface TimeToNotify {
  /** Called when the first message is being sent, so that the request does not delay that message. */
  begin(plan: Plan): void;
  /** Waits at most a few seconds for GitHub if a message was sent. */
  timed(outcomes: readonly Outcome[], receivedAt: string | undefined): Promise<readonly Outcome[]>;
}

const NOT_ASKED = {unknown: 'the action makes no request to GitHub with `memory: off`'};

/** Queries GitHub once, and only in a run that sends a message about a change. */
export function createTimeToNotify(
  {run, token, isGitHubQueried, startedMs}: Known,
  {fetch}: Pick<World, 'fetch'>,
): TimeToNotify {
  const created = lazy(async () => (isGitHubQueried ? await readRunCreated({run, token}, fetch) : NOT_ASKED));
  return {
    begin({notifications}) {
      if (notifications.some(({matches}) => matches.some(isTimed))) void created();
    },
    async timed(outcomes, receivedAt) {
      const isAny = outcomes.some(({answeredMs, match}) => answeredMs !== undefined && isTimed(match));
      return isAny ? withTimes(outcomes, {receivedAt, startedMs, runCreated: await created()}) : outcomes;
    },
  };
}
