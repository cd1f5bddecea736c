/** Replay: past changes × the current rules × the memory → what would follow now. Pure. */
import {type Addresses, previewRun, type RunPreview} from '../../act/preview.ts';
import type {Change} from '../../change/change.ts';
import {evaluate, ruleOf} from '../../decide/evaluate.ts';
import {type ChangeStatus, createAccounting} from '../../memory/accounting.ts';
import type {Shards} from '../../memory/format/format.ts';
import {isRemembered} from '../../memory/remembered.ts';
import type {Rules} from '../../rules/rules.ts';

export interface ReplayFacts {
  readonly rules: Rules;
  /** The memory; undefined if it is not known: then nothing counts as handled. */
  readonly shards: Shards | undefined;
  readonly nowMs: number;
  /** The names of the configured Slack destinations; undefined if they are not known. */
  readonly known: readonly string[] | undefined;
  readonly addresses: Addresses;
}

export interface Replayed {
  readonly change: Change;
  /** `irrelevant`: no rule matches it, and it ends nothing. */
  readonly standing: ChangeStatus | 'irrelevant';
  /** The rules that would react, or that reacted. */
  readonly rules: readonly string[];
}

export interface ReplayedEvent {
  readonly changes: readonly Replayed[];
  /** What a run would do about those that are new. */
  readonly preview: RunPreview;
}

export function replay(changes: readonly Change[], facts: ReplayFacts): ReplayedEvent {
  const {rules, shards, nowMs, known, addresses} = facts;
  const standingOf = shards === undefined ? (): ChangeStatus => 'new' : createAccounting(shards);
  const replayed = changes.map(change => replayOne(change, rules, standingOf));
  const past = shards === undefined ? {} : {past: {shards, run: '0/1'}};
  const plan = {nowMs, addresses, ...past, ...(known === undefined ? {} : {known})};
  return {changes: replayed, preview: previewRun(rules, newOf(replayed), plan)};
}

/** A run would react to these. */
export function newOf(changes: readonly Replayed[]): Change[] {
  return changes.filter(({standing}) => standing === 'new').map(({change}) => change);
}

function replayOne(change: Change, rules: Rules, standingOf: ReturnType<typeof createAccounting>): Replayed {
  const concerned = evaluate(rules, change)
    .filter(isRemembered)
    .map(verdict => {
      const rule = ruleOf(rules, verdict);
      return {rule: rule.name, standing: standingOf(rule, change)};
    });
  const standing = (['new', 'handled', 'superseded'] as const).find(one =>
    concerned.some(({standing: own}) => own === one),
  );
  const names = concerned.filter(one => one.standing === standing).map(({rule}) => rule);
  return {change, standing: standing ?? 'irrelevant', rules: names};
}
