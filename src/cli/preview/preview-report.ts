/** Renders messages for the terminal. Pure. */

import {type Line, line, span, wrap} from '../../ui/terminal.ts';
import {renderPlannedMessage} from '../explain/plan-report.ts';
import type {Screen} from '../shared/screen.ts';
import type {MessagePreview, Preview} from './preview.ts';

export interface PreviewFormat extends Screen {
  /** The current time, for relative dates in messages. Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Whether to show the links to the Block Kit Builder, which contain the whole message. */
  readonly withLinks: boolean;
}

/** @param explain the shell command that shows every condition */
export function renderPreview({messages, isUndated, reasons}: Preview, explain: string, format: PreviewFormat): Line[] {
  const {width} = format;
  return [
    ...messages.flatMap(message => [...renderOne(message, format), line()]),
    ...(isUndated && messages.length > 0 ? wrap(line(span(NO_TIME, 'dim')), width) : []),
    ...(messages.length === 0 ? [line(span('No messages.', 'bold'))] : []),
    ...reasons.flatMap(reason => wrap(line(`- ${reason}`), width)),
    ...(messages.length === 0 ? [line(span(`To see every condition, run: ${explain}`, 'dim'))] : []),
  ];
}

const NO_TIME = 'The event has no time, so the current time is shown.';

function renderOne({payload, blockKitBuilder, ...message}: MessagePreview, format: PreviewFormat): Line[] {
  // The link is not wrapped, so that it can be clicked or copied.
  const address = {...span(blockKitBuilder, 'dim'), href: blockKitBuilder};
  return [
    ...renderPlannedMessage({...message, message: payload}, format, format.nowMs),
    ...(format.withLinks ? [line('  ', span('In the Block Kit Builder: ', 'dim'), address)] : []),
  ];
}
