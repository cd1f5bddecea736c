/** Replay: past changes × current rules × memory → the reactions that would happen now. Pure. */
import {type MessageLinks, previewRun, type RunPreview} from '../../act/preview.ts';
import type {Change} from '../../change/change.ts';
import {evaluate, ruleOf} from '../../decide/evaluate.ts';
import {type ChangeStatus, createStatusOfChange} from '../../memory/change-status.ts';
import type {Shards} from '../../memory/format/format.ts';
import {isRemembered} from '../../memory/remembered.ts';
import type {Rules} from '../../rules/rules.ts';

export interface ReplayFacts {
  readonly rules: Rules;
  /** The memory. If it is undefined, no change counts as handled. */
  readonly shards: Shards | undefined;
  readonly nowMs: number;
  /** The names of the configured Slack destinations. Undefined if they are not known. */
  readonly known: readonly string[] | undefined;
  readonly messageLinks: MessageLinks;
}

export interface Replayed {
  readonly change: Change;
  /** `irrelevant`: the change matches no rule, and ends no incident. */
  readonly standing: ChangeStatus | 'irrelevant';
  /** The rules that would react, or reacted earlier. */
  readonly rules: readonly string[];
}

export interface ReplayedEvent {
  readonly changes: readonly Replayed[];
  /** The reactions of one run to the new changes. */
  readonly preview: RunPreview;
}

export function replay(changes: readonly Change[], facts: ReplayFacts): ReplayedEvent {
  const {rules, shards, nowMs, known, messageLinks} = facts;
  const statusOfChange = shards === undefined ? (): ChangeStatus => 'new' : createStatusOfChange(shards);
  const replayed = changes.map(change => replayOne(change, rules, statusOfChange));
  const past = shards === undefined ? {} : {past: {shards, run: '0/1'}};
  const plan = {nowMs, messageLinks, ...past, ...(known === undefined ? {} : {known})};
  return {changes: replayed, preview: previewRun(rules, newOf(replayed), plan)};
}

/** The changes to which a run would react. */
export function newOf(changes: readonly Replayed[]): Change[] {
  return changes.filter(({standing}) => standing === 'new').map(({change}) => change);
}

function replayOne(change: Change, rules: Rules, statusOfChange: ReturnType<typeof createStatusOfChange>): Replayed {
  const concerned = evaluate(rules, change)
    .filter(isRemembered)
    .map(verdict => {
      const rule = ruleOf(rules, verdict);
      return {rule: rule.name, standing: statusOfChange(rule, change)};
    });
  const standing = (['new', 'handled', 'superseded'] as const).find(one =>
    concerned.some(({standing: own}) => own === one),
  );
  const names = concerned.filter(one => one.standing === standing).map(({rule}) => rule);
  return {change, standing: standing ?? 'irrelevant', rules: names};
}
