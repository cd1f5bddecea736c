/** Memory: reactions → the plan: messages by destination, scripts, hand-overs, and suppressed reactions. Pure. */
import type {Change} from '../change/change.ts';
import {transitionOf} from '../change/transition.ts';
import {describeMute} from '../decide/mute.ts';
import {groupByDestination, type Match, matchesIn, type Plan, type SuppressedReaction} from '../decide/plan.ts';
import {routeMatch} from '../decide/route.ts';
import type {Rule, Rules} from '../rules/rules.ts';
import {describeNote} from './describe-note.ts';
import type {Why} from './fold/step.ts';
import type {NoteReaction, NotifyReaction, Reaction, RunReaction} from './reactions.ts';
import type {RememberedMatch} from './remembered.ts';

interface Given {
  readonly rules: Rules;
  readonly reactions: readonly Reaction[];
  /** The plan without the memory. Its matches contain which reactions are muted, refused or undecided. */
  readonly plain: Plan;
  readonly known?: readonly string[] | undefined;
}

export function planRemembered({rules, reactions, plain, known}: Given): Plan {
  const matches = bySubject(matchesIn(plain));
  const groups = [...bySubject(reactions)].flatMap(([change, byRule]) =>
    [...byRule].map(([rule, group]) => {
      const match = matches.get(change)?.get(rule)?.[0] ?? matchOf(group[0], rules, known);
      return planGroup(group, match, plain);
    }),
  );
  return {
    notifications: groupByDestination(groups.flatMap(({messages}) => messages)),
    remediations: groups.flatMap(({remediations}) => remediations),
    handOvers: groups.flatMap(({handOvers}) => handOvers),
    muted: [],
    refused: groups.flatMap(({refused}) => refused),
    suppressed: groups.flatMap(({suppressed}) => suppressed),
  };
}

type Group<T> = [T, ...T[]];

function bySubject<T extends Pick<Match, 'rule' | 'change'>>(items: readonly T[]): Map<Change, Map<Rule, Group<T>>> {
  const groups = new Map<Change, Map<Rule, Group<T>>>();
  for (const item of items) {
    const byRule = groups.get(item.change) ?? new Map<Rule, Group<T>>();
    groups.set(item.change, byRule);
    const group = byRule.get(item.rule);
    if (group === undefined) byRule.set(item.rule, [item]);
    else group.push(item);
  }
  return groups;
}

/** The match for an end or a timer, which no rule matched. */
function matchOf({rule, change}: Reaction, {routes}: Rules, known?: readonly string[]): Match {
  const transition = rule.property === undefined ? {} : {transition: transitionOf(change, rule.property)};
  return {rule, change, ...transition, ...routeMatch(routes, {rule, change, ...transition}, known)};
}

type GroupPlan = Omit<Required<Plan>, 'notifications' | 'muted'> & {readonly messages: readonly Match[]};

function planGroup(group: readonly Reaction[], match: Match, plain: Plan): GroupPlan {
  const notices = group.filter(one => one.kind === 'notify');
  const run = group.find(one => one.kind === 'run');
  const notes = group.filter(one => one.kind === 'note');
  const remember = (notice: NotifyReaction | undefined, running: RunReaction | undefined): RememberedMatch => ({
    ...(notice === undefined ? match : unmuted(match)),
    ...(notice === undefined ? {} : {destinations: notice.destinations}),
    remembered: {
      ...(notice === undefined ? {} : {notify: notice}),
      ...(running === undefined ? {} : {run: running}),
      notes,
    },
  });
  const messages = notices.map((notice, index) => remember(notice, index === 0 ? run : undefined));
  const acting = messages[0] ?? remember(undefined, run);
  const refusal = plain.refused.find(refused => refused.match === match);
  const isRefused = refusal !== undefined && (run !== undefined || notes.some(isMutedScript));
  const {run: script, job} = match.rule.remediate ?? {};
  const isRun = run !== undefined && !isRefused;
  return {
    messages,
    remediations:
      isRun && script !== undefined && match.rule.remediate !== undefined
        ? [{match: acting, run: script, remediate: match.rule.remediate}]
        : [],
    handOvers: isRun && job !== undefined ? [{match: acting, job}] : [],
    refused: isRefused ? [{...refusal, match: acting}] : [],
    suppressed: notes.flatMap(note =>
      isRefused && isMutedScript(note) ? [] : suppressedBy(note, remember(undefined, undefined)),
    ),
  };
}

/** The message about an end is not muted. */
function unmuted({mutes: _, ...match}: Match): Match {
  return match;
}

function isMutedScript({why, instead}: NoteReaction): boolean {
  return why === 'muted' && instead === 'remediation';
}

/** These notes apply to every reaction of the rule. */
const WHOLE: ReadonlySet<Why> = new Set<Why>(['duplicate', 'superseded', 'stale', 'waiting']);
/** These notes only appear in the record. */
const REMARKS: ReadonlySet<Why> = new Set<Why>(['healed', 'missing-between', 'never-began']);

function suppressedBy(note: NoteReaction, match: RememberedMatch): SuppressedReaction[] {
  if (REMARKS.has(note.why)) return [];
  const [mute] = match.mutes ?? [];
  const words = note.why === 'muted' && mute !== undefined ? describeMute(mute) : describeNote(note);
  const why = {match, why: words, ...statusOf(note)};
  const notifications = match.destinations.map(destination => ({...why, instead: {destination}}));
  const {run, job} = match.rule.remediate ?? {};
  const remediations: SuppressedReaction[] =
    run !== undefined ? [{...why, instead: {run}}] : job !== undefined ? [{...why, instead: {job}}] : [];
  if (!WHOLE.has(note.why)) return note.instead === 'remediation' ? remediations : notifications;
  return [...(match.rule.notify === undefined ? [] : notifications), ...remediations];
}

/** A person must check a script whose result is unknown. */
function statusOf({why}: NoteReaction): Pick<SuppressedReaction, 'isDuplicate' | 'hasFailed'> {
  if (why === 'duplicate') return {isDuplicate: true};
  return why === 'outcome-unknown' ? {hasFailed: true} : {};
}
