/** Act: matches handed to later jobs of the workflow, as many as GitHub takes. Pure. */
import type {HandOver, Match} from '../decide/plan.ts';
import {type Facts, factsOf} from './facts.ts';
import type {Outcome} from './outcome.ts';

/** GitHub runs at most 256 jobs of a matrix. @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
const MAX_JOBS = 256;
/** GitHub withholds the outputs of a job above 1 MB, in UTF-16, whole. */
const MAX_CHARACTERS = 200_000;
const MAX_TEXT = 1000;

/** An item of the output `remediations`. */
export interface JobItem extends Facts {
  readonly job: string;
}

/** One outcome for each: done for those that {@link jobItems} holds, failed for those that GitHub would not take. */
export function handOver(handOvers: readonly HandOver[]): Outcome[] {
  let jobs = 0;
  let characters = 0;
  return handOvers.map(({match, job}) => {
    characters += JSON.stringify(jobItem(match, job)).length + 1;
    jobs++;
    const fits = jobs <= MAX_JOBS && characters <= MAX_CHARACTERS;
    const detail = fits ? `handed to the job ${job}, in the output \`remediations\`` : `${TOO_MANY} ${job}`;
    return {match, kind: 'remediation', status: fits ? 'done' : 'failed', job, detail};
  });
}

const TOO_MANY = `could not be handed over, as a matrix takes ${MAX_JOBS} jobs and an output 1 MB; run by hand: the job`;

/** What the later jobs get: the items of all that was handed over. */
export function jobItems(outcomes: readonly Outcome[]): JobItem[] {
  return outcomes.flatMap(({match, job, status}) =>
    job === undefined || status !== 'done' ? [] : [jobItem(match, job)],
  );
}

function jobItem(match: Match, job: string): JobItem {
  return {job, ...factsOf(match, MAX_TEXT)};
}
