/** Act: matches that are handed to later jobs of the workflow, up to GitHub's limit. Pure. */
import {clip} from '../../base/text/show.ts';
import type {HandOver, Match, Plan} from '../../decide/plan.ts';
import {factsOf, type MatchFacts} from '../facts.ts';
import type {Outcome} from '../outcome.ts';

/** GitHub runs at most 256 jobs of a matrix. @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
const MAX_JOBS = 256;
/** Of all items, which two outputs hold. GitHub withholds the outputs of a job above 1 MB, in UTF-16, as a whole. */
const MAX_CHARACTERS = 130_000;
const MAX_TEXT = 1000;

/** An item of the output `remediations`. */
export interface JobItem extends MatchFacts {
  readonly job: string;
  /** What was not checked, and why, as a sentence. Empty if the entity was read again, and the rule decided again. */
  readonly unchecked: string;
}

/** A match that is handed over. `unchecked`: what was not checked, and why, as a sentence. */
export interface CheckedHandOver extends HandOver {
  readonly unchecked?: string;
}

/** One outcome for each: done for those that the outputs contain, failed for those beyond GitHub's limit. */
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

const TOO_MANY = `could not be handed over: a matrix takes ${MAX_JOBS} jobs and the outputs 1 MB. Run it by hand: the job`;

/** The output `remediations`: the items of all that was handed over. */
export function jobItems(outcomes: readonly Outcome[]): JobItem[] {
  return outcomes.flatMap(({match, job, status, unchecked}) =>
    job === undefined || status !== 'done' ? [] : [jobItem(match, job, unchecked)],
  );
}

/** The output `remediations-by-job`: each job's own items, by its name. A job without items is absent. */
export function itemsByJob(outcomes: readonly Outcome[]): Readonly<Record<string, readonly JobItem[]>> {
  const items = jobItems(outcomes);
  const jobs = new Set(items.map(({job}) => job));
  return Object.fromEntries(Array.from(jobs, name => [name, items.filter(({job}) => job === name)]));
}

/** The matches whose remediation is not started, regardless of their rules. Messages must not announce it. */
export function unmetIn({refused, handOvers}: Pick<Plan, 'refused' | 'handOvers'>): ReadonlySet<Match> {
  const failed = handOver(handOvers).filter(({status}) => status === 'failed');
  return new Set([...refused, ...failed].map(({match}) => match));
}

function jobItem(match: Match, job: string, unchecked = ''): JobItem {
  return {job, ...factsOf(match, MAX_TEXT), unchecked: clip(unchecked, MAX_TEXT)};
}
