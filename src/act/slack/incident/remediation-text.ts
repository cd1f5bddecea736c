/** Act: the state of a remediation when the message is sent, as text. Pure. */
import {clip, oneLine} from '../../../base/text/show.ts';
import {describeMatch} from '../../../decide/describe.ts';
import type {Match} from '../../../decide/plan.ts';
import {showSide} from '../../../decide/show-side.ts';
import type {NoteReaction} from '../../../memory/reactions.ts';
import {rememberedOf} from '../../../memory/remembered.ts';
import type {Rechecked} from '../../script/recheck.ts';
import {code, escapeText} from '../block-kit/text.ts';
import {byNeed, type IncidentUpdate, updateOf} from './update.ts';
import {momentOf} from './update-lines.ts';

/** The facts besides the matches that are known when the message is written. */
export interface RemediationFacts {
  /** The matches whose remediation will not start, for a reason other than their rules. */
  readonly unstarted?: ReadonlySet<Match>;
  /**
   * Whether each match still applies. A match that is missing has not been checked yet. Absent if nothing is checked, as in a
   * dry run.
   */
  readonly checked?: ReadonlyMap<Match, Rechecked>;
}

/** `waiting`: Port has not yet confirmed that the remediation is still needed. */
export type RemediationState = 'run' | 'job' | 'waiting' | 'not started';

/** Undefined if the rule has no remediation. */
export function remediationState(match: Match, {unstarted, checked}: RemediationFacts): RemediationState | undefined {
  const {remediate} = match.rule;
  const update = updateOf(match);
  if (remediate === undefined || (update !== undefined && update.script === undefined)) return undefined;
  if (unstarted?.has(match) || update?.script?.kind === 'note') return 'not started';
  const found = checked?.get(match);
  if (found !== undefined && !('applies' in found.status)) return 'not started';
  if (checked !== undefined && found === undefined) return 'waiting';
  return remediate.run === undefined ? 'job' : 'run';
}

/** The reason for the remediation of the match, as a sentence: "healthStatus went from Healthy to Crashed". */
export function remediationReason(match: Match): string {
  const {notify, run, notes = []} = rememberedOf(match) ?? {};
  const reaction = notify ?? run ?? notes[0];
  if (reaction?.byClock !== true) return describeMatch(match);
  const {incident, before} = reaction;
  return `${match.rule.property ?? 'it'} is ${showSide((incident ?? before)?.value ?? null)}`;
}

/** The state of each remediation, the most urgent first: "running `scale-up.sh` (attempt 2 of 3), result follows" */
export function remediationTexts(matches: readonly Match[], known: RemediationFacts): string[] {
  const texts = matches.toSorted(byUpdate).flatMap(match => textFor(match, known) ?? []);
  return [...new Set(texts)];
}

function byUpdate(a: Match, b: Match): number {
  const [one, other] = [updateOf(a), updateOf(b)];
  if (one !== undefined && other !== undefined) return byNeed(one, other);
  return Number(one !== undefined) - Number(other !== undefined);
}

function textFor(match: Match, known: RemediationFacts): string | undefined {
  const update = updateOf(match);
  const found = known.checked?.get(match);
  const {run, job} = match.rule.remediate ?? {};
  const what = `${code(run ?? job, 100)}${attemptOf(match, update)}`;
  switch (remediationState(match, known)) {
    case undefined:
      return undefined;
    case 'not started':
      if (known.unstarted?.has(match)) return 'not started: see this run for the reason';
      if (update?.script?.kind === 'note') return notRun(update.script);
      return `${what} is not started: ${why(found)}`;
    case 'waiting':
      return `${what} is waiting for a check in Port, result follows`;
    case 'job':
      return `handed to the job ${what}${unchecked(found)}`;
    case 'run':
      return `running ${what}, result follows`;
  }
}

function why(found: Rechecked | undefined): string {
  const {status} = found ?? {};
  if (status === undefined || 'applies' in status) return '';
  return escapeText(clip(oneLine('outdated' in status ? status.outdated : status.unknown), 200));
}

/** A note for a job about what could not be checked. For a script, the second message has it. */
function unchecked(found: Rechecked | undefined): string {
  return found?.unchecked === undefined ? '' : `, not checked: ${escapeText(clip(oneLine(found.unchecked), 200))}`;
}

function attemptOf({rule}: Match, update: IncidentUpdate | undefined): string {
  if (update?.script?.kind !== 'run') return '';
  const {attempt} = update.script;
  const {attempts} = rule.remediate ?? {};
  const of = attempts === undefined ? '' : ` of ${attempts}`;
  return attempt > 1 || of !== '' ? ` (attempt ${attempt}${of})` : '';
}

function notRun({why, until, mutes}: NoteReaction): string | undefined {
  const when = until === undefined ? '' : `; possible again at ${momentOf(until)}`;
  if (why === 'cooldown') return `not started during its cooldown${when}`;
  if (why === 'muted') {
    const names = mutes === undefined || mutes.length === 0 ? 'a mute' : escapeText(clip(mutes.join(', '), 100));
    return `not started: muted by ${names}`;
  }
  return why === 'attempts' ? 'not started: all attempts are used up' : undefined;
}
