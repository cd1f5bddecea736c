/** Act: matches that later jobs of the workflow handle, up to GitHub's limits. Pure. */
import {clip} from '../../base/text/show.ts';
import type {HandOver, Match, Plan} from '../../decide/plan.ts';
import {factsOf, type MatchFacts} from '../facts.ts';
import type {Outcome} from '../outcome.ts';

/**
 * The maximum number of jobs that GitHub runs for one matrix.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
const MAX_JOBS = 256;
/**
 * The limit for all items together. Two outputs contain each item. GitHub drops all outputs of a job if they exceed 1 MB in
 * UTF-16.
 */
const MAX_CHARACTERS = 130_000;
const MAX_TEXT = 1000;

/** An item of the output `remediations`. */
export interface JobItem extends MatchFacts {
  readonly job: string;
  /** What could not be checked and why, as a sentence. Empty if the entity was re-read and the rule re-evaluated. */
  readonly unchecked: string;
}

/** A match for a later job. `unchecked`: what could not be checked and why, as a sentence. */
export interface CheckedHandOver extends HandOver {
  readonly unchecked?: string;
}

/** One outcome for each match: `done` if the outputs contain it, `failed` if it exceeds GitHub's limits. */
export function handOver(handOvers: readonly CheckedHandOver[]): Outcome[] {
  const jobs = new Map<string, number>();
  let characters = 0;
  return handOvers.map(({match, job, unchecked}) => {
    const size = JSON.stringify(jobItem(match, job, unchecked)).length + 1;
    const others = jobs.get(job) ?? 0;
    const fits = others < MAX_JOBS && characters + size <= MAX_CHARACTERS;
    if (fits) {
      jobs.set(job, others + 1);
      characters += size;
    }
    const detail = fits ? `handed to the job ${job}` : `${TOO_MANY} ${job}`;
    const note = unchecked === undefined ? {} : {unchecked};
    const outcome = {match, kind: 'remediation', job, detail, ...note} as const;
    return fits ? {...outcome, status: 'done'} : {...outcome, status: 'failed', isUnstarted: true};
  });
}

const TOO_MANY = `could not be handed over: a matrix can have ${MAX_JOBS} jobs and the outputs can have 1 MB. Run this job manually:`;

/** The output `remediations`: the items of all matches that were handed over. */
export function jobItems(outcomes: readonly Outcome[]): JobItem[] {
  return outcomes.flatMap(({match, job, status, unchecked}) =>
    job === undefined || status !== 'done' ? [] : [jobItem(match, job, unchecked)],
  );
}

/** The output `remediations-by-job`: the items of each job, by job name. A job without items is absent. */
export function itemsByJob(outcomes: readonly Outcome[]): Readonly<Record<string, readonly JobItem[]>> {
  const items = jobItems(outcomes);
  const jobs = new Set(items.map(({job}) => job));
  return Object.fromEntries(Array.from(jobs, name => [name, items.filter(({job}) => job === name)]));
}

/** The matches whose remediation will not start, for a reason other than their rules. Messages must not announce it. */
export function unstartedIn({refused, handOvers}: Pick<Plan, 'refused' | 'handOvers'>): ReadonlySet<Match> {
  const failed = handOver(handOvers).filter(({status}) => status === 'failed');
  return new Set([...refused, ...failed].map(({match}) => match));
}

function jobItem(match: Match, job: string, unchecked = ''): JobItem {
  return {job, ...factsOf(match, MAX_TEXT), unchecked: clip(unchecked, MAX_TEXT)};
}
