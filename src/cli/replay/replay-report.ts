/** Renders a replay as text and as JSON. Pure. */
import {messageText} from '../../act/slack/block-kit/blocks.ts';
import {count, showValue} from '../../base/text/show.ts';
import {dispatchTitle} from '../../dispatch/title.ts';
import type {SentChange} from '../../reconcile/send.ts';
import type {Replayed, ReplayedEvent} from './replay.ts';

export interface ReplayResult extends ReplayedEvent {
  /** Undefined in a dry run. */
  readonly sent: readonly SentChange[] | undefined;
  readonly failures: readonly string[];
  /** Whether the memory was read, so that handled changes are known. */
  readonly hasMemory: boolean;
}

/** `--json` prints all lines. */
const MAX_LINES = 50;

export function renderReplay(result: ReplayResult): string[] {
  const {changes, sent, hasMemory} = result;
  const fresh = changes.filter(({standing}) => standing === 'new');
  const shown = fresh.slice(0, MAX_LINES).map(lineOf);
  const hidden = fresh.length - shown.length;
  return [
    headlineOf(changes),
    ...shown,
    ...(hidden > 0 ? [`  … and ${count(hidden, 'more change')}`] : []),
    ...followingLines(result),
    ...(hasMemory
      ? []
      : ['The memory was not read, so handled changes are not known. Set GITHUB_REPOSITORY and GITHUB_TOKEN.']),
    ...(sent === undefined ? (fresh.length === 0 ? [] : [DRY]) : [sentLine(sent)]),
  ];
}

const DRY =
  'Nothing was sent. With --act, these changes are dispatched. The workflow then decides them, and skips handled changes.';

/** "14 changes, 3 would react: deployment-degraded ×2, database-cpu-high ×1" */
function headlineOf(changes: readonly Replayed[]): string {
  const of = (standing: Replayed['standing']) => changes.filter(one => one.standing === standing);
  const fresh = of('new');
  const tally = new Map<string, number>();
  for (const rule of fresh.flatMap(({rules}) => rules)) tally.set(rule, (tally.get(rule) ?? 0) + 1);
  const rules = [...tally].toSorted(([, a], [, b]) => b - a).map(([rule, times]) => `${rule} ×${times}`);
  const others = [
    [of('handled').length, 'handled before'],
    [of('superseded').length, 'too old to react'],
    [of('irrelevant').length, 'irrelevant'],
  ] as const;
  const rest = others.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  const head = `${count(changes.length, 'change')}, ${fresh.length} would react${rules.length === 0 ? '' : `: ${rules.join(', ')}`}`;
  return rest.length === 0 ? head : `${head} (${rest.join(', ')})`;
}

function lineOf({change, rules}: Replayed): string {
  return `  ${dispatchTitle([{change, transition: undefined}])} (${showValue(change.blueprint, 60)}, at ${showValue(change.at, 40)}): ${rules.join(', ')}`;
}

function followingLines({preview: {messages, plan}}: ReplayedEvent): string[] {
  const scripts = plan.remediations.map(({run, match}) => `  runs ${run} for ${match.change.entity}`);
  const jobs = plan.handOvers.map(({job, match}) => `  hands ${match.change.entity} over to the job ${job}`);
  const posts = messages.map(({destination, message}) => `  posts to ${destination}: ${message.text}`);
  const lines = [...posts, ...scripts, ...jobs];
  return lines.length === 0 ? [] : ['One run with all of these changes would do this:', ...lines.slice(0, MAX_LINES)];
}

function sentLine(sent: readonly SentChange[]): string {
  return sent.length === 0
    ? 'Nothing was dispatched.'
    : `${count(sent.length, 'change')} ${sent.length === 1 ? 'was' : 'were'} dispatched. See the workflow runs for the results.`;
}

export function dataOfReplay({changes, preview, sent, failures, hasMemory}: ReplayResult) {
  const n = (standing: Replayed['standing']) => changes.filter(one => one.standing === standing).length;
  const {messages, plan} = preview;
  return {
    changes: changes.length,
    react: n('new'),
    ...{handled: n('handled'), superseded: n('superseded'), irrelevant: n('irrelevant')},
    acted: sent !== undefined,
    hasMemory,
    items: changes.map(({change, standing, rules}) => ({
      ...{id: change.id, blueprint: change.blueprint, entity: change.entity, action: change.action, at: change.at},
      ...{standing, rules},
    })),
    messages: messages.map(({destination, message}) => ({
      slack: destination,
      text: message.text,
      body: messageText(message),
    })),
    remediations: plan.remediations.map(({run, match}) => ({run, rule: match.rule.name, entity: match.change.entity})),
    handOvers: plan.handOvers.map(({job, match}) => ({job, rule: match.rule.name, entity: match.change.entity})),
    dispatched: (sent ?? []).map(({change, partition}) => ({id: change.id, entity: change.entity, partition})),
    failures,
  };
}
