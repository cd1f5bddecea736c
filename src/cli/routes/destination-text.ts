/** Renders destinations and mutes for the command `routes`. Pure. */
import {oneLine} from '../../base/text/show.ts';
import type {RouteStep} from '../../decide/possible-destinations.ts';
import {type Line, line, type Span, span} from '../../ui/terminal.ts';
import type {Screen} from '../shared/screen.ts';
import type {Muting} from './muting.ts';

export interface RoutesScreen extends Screen {
  /** The configured destinations. Undefined if they are not known. */
  readonly known: readonly string[] | undefined;
}

/** `payments, on-call`. Destinations that the workflow does not configure are marked. */
export function destinationSpans(names: readonly string[], known: readonly string[] | undefined): Span[] {
  return names.flatMap((name, index) => [
    ...(index === 0 ? [] : [span(', ')]),
    span(oneLine(name), 'bold'),
    ...(known === undefined || known.includes(name) || name.startsWith('{{')
      ? []
      : [span(' (not configured)', 'yellow')]),
  ]);
}

/** `routes[1] (team: payments) → payments, else default; then the next routes`. */
export function routeLine(
  {route, asks, slack, fallback, continue: continues}: Omit<RouteStep, 'if' | 'otherwise'>,
  known: readonly string[] | undefined,
): Line {
  return line(
    route,
    span(asks === '' ? '' : ` (${oneLine(asks)})`, 'dim'),
    ' → ',
    ...destinationSpans(slack, known),
    ...(fallback === undefined ? [] : [span(', else '), ...destinationSpans([fallback], known)]),
    span(continues ? ', and continues with the next routes' : '', 'dim'),
  );
}

/** `Mute nights: not on call, active until Tue 06:00 (Europe/Berlin)`, or the times of an inactive mute. */
export function muteLine({by, reason, asks, if: condition, when, until, stopsRemediations}: Muting): Line {
  const about = condition ?? asks;
  const scope = about === '' ? '' : ` (${condition === undefined ? '' : 'if '}${oneLine(about)})`;
  const why = reason === undefined ? '' : `: ${oneLine(reason)}`;
  const state =
    until === undefined ? span(`not active now (${when})`, 'dim') : span(`active until ${oneLine(until)}`, 'yellow');
  return line(
    'Mute ',
    span(oneLine(by), 'bold'),
    `${scope}${why}, `,
    state,
    span(stopsRemediations ? '. Also mutes remediations' : '', 'dim'),
  );
}
