/** Act: the hops of a message, from the change in Port to Slack's response. Pure. */
import type {NotifyTimes} from './outcome.ts';

/** The moments at which a hop can start or end, in order. */
export const MOMENTS = ['change', 'relay', 'runCreated', 'rerun', 'jobStarted', 'slack'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Hop {
  readonly from: Moment;
  readonly to: Moment;
  /** It can be negative, because clocks differ and GitHub's times are whole seconds. */
  readonly ms: number;
}

/** The recorded times of a message. Records of older versions contain fewer. */
type RecordedTimes = {readonly [K in keyof NotifyTimes]?: NotifyTimes[K] | undefined};

/** From each known moment to the next one. */
export function hopsOf({relay, runCreated, rerun, started, answered, totalMs}: RecordedTimes): Hop[] {
  const slackMs = Date.parse(answered ?? '');
  const known: Record<Moment, number> = {
    change: slackMs - (totalMs ?? Number.NaN),
    relay: Date.parse(relay ?? ''),
    runCreated: Date.parse(runCreated ?? ''),
    rerun: Date.parse(rerun ?? ''),
    jobStarted: Date.parse(started ?? ''),
    slack: slackMs,
  };
  const moments = MOMENTS.filter(moment => !Number.isNaN(known[moment]));
  return moments.slice(1).map((to, index) => {
    const from = moments[index] ?? to;
    return {from, to, ms: known[to] - known[from]};
  });
}

const WORDS: Readonly<Record<Moment, string>> = {
  change: 'change',
  relay: 'relay',
  runCreated: 'run created',
  rerun: 're-run',
  jobStarted: 'job started',
  slack: 'Slack',
};

/** "run created" */
export function momentWord(moment: Moment): string {
  return WORDS[moment];
}
