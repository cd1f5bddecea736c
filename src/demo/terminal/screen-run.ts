/** A run on a terminal: its decisions, Slack messages and script output. Pure. */

import {count, showDuration} from '../../base/text/show.ts';
import {watchesBlueprint} from '../../cli/explain/verdict-text.ts';
import {drawMessage} from '../../slack-view/draw-message.ts';
import {parseMessage} from '../../slack-view/shown-message.ts';
import {cut, type Line, line, mark, type Span, span, widthOf, wrap} from '../../ui/terminal.ts';
import {type DemoDecision, parseRecord} from '../decisions.ts';
import type {EndedRun, RecordedRun, SlackPost} from '../history.ts';
import {runFolder, runLink} from '../page/run-link.ts';
import {frame, frameWidth, type ScreenContext, stage} from './layout.ts';

/** All results of a run that has ended. */
export function renderRunScreen(run: RecordedRun, ended: EndedRun, context: ScreenContext): Line[] {
  const decisions = parseRecord(ended.record);
  const {eventType, bytes, payload} = run.dispatch;
  const dispatch = line(
    `repository_dispatch ${eventType}`,
    span(`  partition ${String(payload['partition'] ?? '–')}, ${bytes.toLocaleString('en-US')} bytes`, 'dim'),
  );
  return [
    ...stage('GitHub', [dispatch], context),
    ...stage(
      `Run #${run.id}`,
      [headline(run, ended, context), ...decisions.flatMap(renderDecision), ...errorsOf(ended)],
      context,
    ),
    ...ended.posts.flatMap(post => renderPost(post, context)),
    ...renderOutputs(decisions, ended, context),
  ];
}

function headline(run: RecordedRun, ended: EndedRun, {pagesUrl}: ScreenContext): Line {
  const title = {...span(run.title, 'bold'), href: `${pagesUrl}/${runFolder(run.id)}/index.html`};
  return line(mark(run.state === 'success'), title, span(`  ${showDuration(ended.durationMs)}`, 'dim'));
}

function renderDecision({rules, reactions}: DemoDecision): Line[] {
  const own = rules.filter(watchesBlueprint);
  const others = rules.length - own.length;
  const width = Math.max(...own.map(({rule}) => widthOf(rule)), 0);
  return [
    ...own.map(({rule, matched, reason}) =>
      line(
        matched ? span('● ', 'green') : span('○ ', 'dim'),
        span(rule.padEnd(width + rule.length - widthOf(rule)), ...(matched ? (['bold'] as const) : (['dim'] as const))),
        span(`  ${reason}`, ...(matched ? [] : (['dim'] as const))),
      ),
    ),
    ...(others === 0 ? [] : [line(span(`○ ${count(others, 'more rule')} for other blueprints`, 'dim'))]),
    ...groupReactions(reactions).map(({kind, status, what, rules: named}) =>
      line(markOf(status), span(kind, 'bold'), ` ${status}: ${what}`, span(`  ${named.join(', ')}`, 'dim')),
    ),
  ];
}

/** A skipped reaction is neither done nor failed. */
function markOf(status: string): Span {
  return status === 'skipped' ? span('○ ', 'dim') : mark(status !== 'failed');
}

interface ReactionGroup {
  readonly kind: string;
  readonly status: string;
  readonly what: string;
  readonly rules: readonly string[];
}

/** One message can be for several rules. */
function groupReactions(reactions: DemoDecision['reactions']): ReactionGroup[] {
  const groups = new Map<string, ReactionGroup>();
  for (const {rule, kind, status, detail, run} of reactions) {
    const what = `${run === undefined ? '' : `${baseName(run)} `}${detail}`;
    const key = JSON.stringify([kind, status, what]);
    groups.set(key, {kind, status, what, rules: [...(groups.get(key)?.rules ?? []), rule]});
  }
  return [...groups.values()];
}

function baseName(path: string): string {
  return path.replace(/^.*\//, '');
}

/** The annotations of a failed run, as GitHub would show them. */
function errorsOf({log}: EndedRun): Line[] {
  const errors = log.filter(({kind}) => kind === 'error');
  return errors.flatMap(({text}) => text.split('\n').map(part => line(span(part, 'red'))));
}

function renderPost(post: SlackPost, context: ScreenContext): Line[] {
  const body = drawMessage(parseMessage(post.message), frameWidth(context), {
    ...context,
    target: url => targetOf(url, context),
  });
  const where = context.isRealSlack ? 'posted to your Slack' : 'as it would look in Slack';
  const verdict =
    post.status === 200 ? span(where, 'dim') : span(`Slack answered ${post.status}: ${post.answer}`, 'red');
  return frame('Slack', {title: verdict, body}, context);
}

function targetOf(url: string, context: ScreenContext): string {
  const folder = runLink(url, context);
  return folder === undefined ? url : `${context.pagesUrl}/${folder}/index.html`;
}

/** The output of the scripts, taken from the log's groups. */
function renderOutputs(decisions: readonly DemoDecision[], {log}: EndedRun, context: ScreenContext): Line[] {
  const started = decisions.flatMap(({reactions}) => reactions.filter(({status}) => status !== 'skipped'));
  const scripts = new Set(started.flatMap(({run}) => run ?? []));
  return [...scripts].flatMap(script => {
    const written = log.filter(({group, text}) => group?.startsWith(`${script} for `) && !isStopCommand(text));
    const body = written.flatMap(({text}) => fit(text, frameWidth(context)));
    return frame('Script', {title: span(`Output of ${baseName(script)}`, 'dim'), body}, context);
  });
}

/** Sentences are wrapped. A table is truncated, because wrapping would break its columns. */
function fit(text: string, width: number): Line[] {
  return /\||-\+-/.test(text) ? [cut([span(text)], width)] : wrap([span(text)], width);
}

/** The markers around a script's output: `::stop-commands::***` and the token that ends it. */
function isStopCommand(text: string): boolean {
  return /^::(stop-commands::)?\*{3}(::)?$/.test(text);
}
