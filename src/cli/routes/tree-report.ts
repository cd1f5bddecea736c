/** Renders the routing tree for the terminal. Pure. */
import {oneLine} from '../../base/text/show.ts';
import {indented, type Line, line, span} from '../../ui/terminal.ts';
import {destinationSpans, muteLine, type RoutesScreen, routeLine} from './destination-text.ts';
import type {RoutingTree, TreeRoute} from './routing-tree.ts';

export function renderTree({routes, own, silent, mutes, inhibits}: RoutingTree, screen: RoutesScreen): Line[] {
  const {width, known} = screen;
  const ownLines = own.map(({rule, slack}) =>
    line(span(oneLine(rule), 'bold'), ' → ', ...destinationSpans(slack, known)),
  );
  const heldBack = inhibits.map(one =>
    line(
      `While ${one.while.map(oneLine).join(' or ')} is open for the ${oneLine(one.through)} of the entity: `,
      one.asks === '' ? 'everything' : oneLine(one.asks),
    ),
  );
  return [
    line(span('Routes', 'bold'), span(', evaluated from top to bottom', 'dim')),
    ...routes.flatMap((route, index) => renderRoute(route, index === routes.length - 1, screen)),
    ...section('Rules with their own destinations', ownLines, width),
    ...section(
      'Rules without `notify`, which send no messages',
      silent.map(name => line(oneLine(name))),
      width,
    ),
    ...section('Mute windows and silences', mutes.map(muteLine), width),
    ...section('Inhibited', heldBack, width),
  ];
}

function renderRoute({rules, ...route}: TreeRoute, isLast: boolean, {width, known}: RoutesScreen): Line[] {
  const [first = [], ...more] = indented(routeLine(route, known), 0, width - 3);
  const names = rules.length === 0 ? 'no rule uses this route' : rules.map(oneLine).join(', ');
  const side = isLast ? '   ' : '│  ';
  return [
    line(span(isLast ? '└─ ' : '├─ ', 'dim'), ...first),
    ...more.map(one => line(span(side, 'dim'), ...one)),
    ...indented(line(span(names, rules.length === 0 ? 'yellow' : 'dim')), 2, width - 3).map(one =>
      line(span(side, 'dim'), ...one),
    ),
  ];
}

function section(title: string, lines: readonly Line[], width: number): Line[] {
  if (lines.length === 0) return [];
  return [line(), line(span(title, 'bold')), ...lines.flatMap(one => indented(one, 2, width))];
}
