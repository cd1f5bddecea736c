/**
 * Memory: reactions to changes whose shard cannot be read. Messages are sent with a note about that, and no script starts.
 * Pure.
 */
import type {Match, Plan} from '../decide/plan.ts';
import type {RememberedMatch} from './remembered.ts';

/** @param why returns why the shard of a match is unknown. Undefined if it is known */
export function withoutMemory(plain: Plan, why: (match: Match) => string | undefined): Plan {
  const marked = new Map<Match, RememberedMatch>();
  const mark = (match: Match): RememberedMatch[] => {
    const unavailable = why(match);
    if (unavailable === undefined) return [];
    const known = marked.get(match) ?? {...match, remembered: {notes: [], unavailable}};
    marked.set(match, known);
    return [known];
  };
  const markAll = <T extends {readonly match: Match}>(items: readonly T[]) =>
    items.flatMap(item => mark(item.match).map(match => ({...item, match})));
  return {
    notifications: plain.notifications.flatMap(({destination, matches}) => {
      const own = matches.flatMap(mark);
      return own.length === 0 ? [] : [{destination, matches: own}];
    }),
    remediations: [],
    handOvers: [],
    muted: markAll(plain.muted),
    refused: [
      ...markAll(plain.refused),
      ...markAll(plain.remediations).map(({match, run}) => refusal(match, {run})),
      ...markAll(plain.handOvers).map(({match, job}) => refusal(match, {job})),
    ],
  };
}

function refusal(match: RememberedMatch, instead: {readonly run: string} | {readonly job: string}) {
  const why = 'was not run: the incident memory is not available, so the script may have run before. Re-run this job';
  return {match, instead, why};
}

/** Both plans as one. A destination in both plans receives one message. */
export function joinPlans(a: Plan, b: Plan): Plan {
  const destinations = [...new Set([...a.notifications, ...b.notifications].map(({destination}) => destination))];
  const matchesFor = ({notifications}: Plan, name: string) =>
    notifications.filter(({destination}) => destination === name).flatMap(({matches}) => matches);
  return {
    notifications: destinations.map(destination => ({
      destination,
      matches: [...matchesFor(a, destination), ...matchesFor(b, destination)],
    })),
    remediations: [...a.remediations, ...b.remediations],
    handOvers: [...a.handOvers, ...b.handOvers],
    muted: [...a.muted, ...b.muted],
    refused: [...a.refused, ...b.refused],
    suppressed: [...(a.suppressed ?? []), ...(b.suppressed ?? [])],
  };
}

/** The plan with the scripts and hand-overs of some matches refused. */
export function refuseScripts(plan: Plan, why: (match: Match) => string | undefined): Plan {
  const refused = [
    ...plan.remediations.map(({match, run}) => ({match, instead: {run}, why: why(match)})),
    ...plan.handOvers.map(({match, job}) => ({match, instead: {job}, why: why(match)})),
  ].flatMap(({why: reason, ...rest}) => (reason === undefined ? [] : [{...rest, why: reason}]));
  return {
    ...plan,
    remediations: plan.remediations.filter(({match}) => why(match) === undefined),
    handOvers: plan.handOvers.filter(({match}) => why(match) === undefined),
    refused: [...plan.refused, ...refused],
  };
}
