/** Renders the resulting reactions for the terminal: messages as in Slack, scripts, hand-overs and mutes. Pure. */

import {drawMessage} from '../../slack-view/draw-message.ts';
import {parseMessage} from '../../slack-view/shown-message.ts';
import {framed, type Line, line, span, wrap} from '../../ui/terminal.ts';
import type {Screen} from '../shared/screen.ts';
import type {MessageExplanation, PlanExplanation} from './explanation.ts';

/** @param nowMs the current time, for relative dates in messages */
export function renderPlan(plan: PlanExplanation, screen: Screen, nowMs: number): Line[] {
  const {run, messages, remediations, handOvers, muted, undecided} = plan;
  const others = [
    ...remediations.map(({run: script, ...where}) => line('Runs ', span(script, 'bold'), span(byWhat(where), 'dim'))),
    ...handOvers.map(({job, ...where}) =>
      line('Hands over to the job ', span(job, 'bold'), span(byWhat(where), 'dim')),
    ),
    ...muted.map(one => line(`Not ${mutedReaction(one)}: ${one.reason}`, span(byWhat(one), 'dim'))),
    ...undecided.map(one => line(span(`Could not be decided: ${one.reason}`, 'yellow'), span(byWhat(one), 'dim'))),
  ];
  const isNothing = messages.length + others.length === 0;
  const title = line(span('What would happen', 'bold'), span(run === undefined ? '' : ` in ${run}`, 'dim'));
  return [
    ...wrap(title, screen.width),
    ...(isNothing ? [line('  Nothing: no rule is known to match.')] : []),
    ...messages.flatMap(message => renderPlannedMessage(message, screen, nowMs)),
    ...others.flatMap(one => wrap(one, screen.width - 2).map(part => line('  ', ...part))),
  ];
}

/** The destination and the route, then the message in a frame. */
export function renderPlannedMessage(
  {slack, rules, routes, message}: MessageExplanation,
  {width}: Screen,
  nowMs: number,
): Line[] {
  const indent = (lines: readonly Line[]) => lines.map(one => line('  ', ...one));
  const head = line('Slack: to ', span(slack, 'bold'), span(`  by ${rules.join(', ')}`, 'dim'));
  const ways = routes.map(route => line(span(`Route: ${route}`, 'dim')));
  const body = drawMessage(parseMessage(message), width - 4, {nowMs});
  return [
    ...[head, ...ways].flatMap(one => indent(wrap(one, width - 2))),
    ...indent(framed(line(span('as it would look in Slack', 'dim')), body, width - 2)),
  ];
}

function byWhat({rule, entity}: {rule: string; entity: string}): string {
  return `  by ${rule}, for ${entity}`;
}

function mutedReaction(muted: PlanExplanation['muted'][number]): string {
  if ('slack' in muted) return `sent to ${muted.slack}`;
  return 'run' in muted ? `run: ${muted.run}` : `handed over to the job ${muted.job}`;
}
