/** Renders which destinations are notified about a match. Pure. */
import {oneLine, showSpan} from '../../base/text/show.ts';
import {type PossibleDestinations, type RouteStep, writtenFacts} from '../../decide/possible-destinations.ts';
import {indented, type Line, line, mark, span, wrap} from '../../ui/terminal.ts';
import type {RoutesAnswer, RuleGroup} from './answer.ts';
import {destinationSpans, muteLine, type RoutesScreen, routeLine} from './destination-text.ts';
import type {Muting} from './muting.ts';

export function renderRouteAnswer(answer: RoutesAnswer, screen: RoutesScreen): Line[] {
  const {question, groups, withoutRule} = answer;
  const {width} = screen;
  return [
    ...wrap(line(span(`Which destinations are notified about ${writtenFacts(question)}?`, 'bold')), width),
    line(),
    ...groups.flatMap(group => [...renderGroup(group, screen), line()]),
    ...(withoutRule === undefined ? [] : renderWithoutRule(withoutRule, screen)),
    ...wrap(line(...verdictOf(answer, screen)), width),
  ];
}

function renderGroup(group: RuleGroup, screen: RoutesScreen): Line[] {
  const {rules, notifies, escalations} = group;
  const {width, known} = screen;
  const later = escalations.map(({afterMs, slack}) =>
    line(`After ${showSpan(afterMs / 1000)} without an acknowledgement: `, ...destinationSpans(slack, known)),
  );
  return [
    ...wrap(line(span(rules.map(oneLine).join(', '), 'bold')), width),
    ...(notifies ? [] : indented(line(span('No message: no `notify`', 'yellow')), 2, width)),
    ...renderSteps(group, screen),
    ...[...later, ...mutesOf(group)].flatMap(one => indented(one, 2, width)),
  ];
}

function renderWithoutRule(
  one: PossibleDestinations & {readonly mutes: readonly Muting[]},
  screen: RoutesScreen,
): Line[] {
  return [
    ...wrap(line(span('No rule has these facts. The routes would select:', 'yellow')), screen.width),
    ...renderSteps(one, screen),
    ...mutesOf(one).flatMap(mute => indented(mute, 2, screen.width)),
    line(),
  ];
}

function mutesOf({mutes}: {readonly mutes: readonly Muting[]}): Line[] {
  return mutes.map(muteLine);
}

function renderSteps({steps}: PossibleDestinations, {width, known}: RoutesScreen): Line[] {
  return steps.flatMap(step => indented(line(...conditionOf(step), ...routeLine(step, known)), 2, width));
}

function conditionOf({if: condition, otherwise}: RouteStep): Line {
  const words = [
    ...(otherwise ? ['otherwise'] : []),
    ...(condition === undefined ? [] : [`if ${oneLine(condition)}`]),
  ].join(', ');
  return words === '' ? [] : line(span(`${words}: `, 'cyan'));
}

function verdictOf(answer: RoutesAnswer, {known}: RoutesScreen): Line {
  const {destinations, perhaps, lookedUp, isHeard, isMuted, groups} = answer;
  if (!isHeard) return line(mark(false), span(`No destination is notified${whyNot(answer)}.`, 'bold'));
  const silent = groups.filter(({notifies}) => !notifies).flatMap(({rules}) => rules);
  const possible = [...perhaps, ...lookedUp];
  return line(
    mark(!isMuted),
    ...(isMuted ? [span('Muted now. Otherwise: ', 'yellow')] : []),
    ...(destinations.length === 0
      ? [span('It depends: '), ...destinationSpans(possible, known)]
      : [span('Notified: '), ...destinationSpans(destinations, known)]),
    ...(destinations.length === 0 || possible.length === 0
      ? []
      : [span(', possibly '), ...destinationSpans(possible, known)]),
    span(silent.length === 0 ? '' : `. No message from ${silent.map(oneLine).join(', ')}`, 'yellow'),
  );
}

function whyNot({groups, destinations, perhaps}: RoutesAnswer): string {
  if (groups.length === 0) return ', because no rule has these facts';
  if (destinations.length + perhaps.length === 0) return ': none of these rules has `notify`';
  return `: the workflow does not configure ${[...destinations, ...perhaps].map(oneLine).join(', ')}`;
}
