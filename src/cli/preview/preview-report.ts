/** Report: messages for people, drawn on a terminal. Pure. */

import {type Line, line, span, wrap} from '../../ui/terminal.ts';
import {renderPlannedMessage} from '../explain/plan-report.ts';
import type {Screen} from '../shared/screen.ts';
import type {MessagePreview, Preview} from './preview.ts';

export interface PreviewLooks extends Screen {
  /** What the messages call today, in milliseconds since the epoch. */
  readonly nowMs: number;
  /** Whether to show the address of each message in the Block Kit Builder, which is as long as the message. */
  readonly withLinks: boolean;
}

/** @param explain the command that shows every condition, as it can be typed */
export function renderPreview({messages, isUndated, reasons}: Preview, explain: string, looks: PreviewLooks): Line[] {
  const {width} = looks;
  return [
    ...messages.flatMap(message => [...renderOne(message, looks), line()]),
    ...(isUndated && messages.length > 0 ? wrap(line(span(UNDATED, 'dim')), width) : []),
    ...(messages.length === 0 ? [line(span('No message.', 'bold'))] : []),
    ...reasons.flatMap(reason => wrap(line(`- ${reason}`), width)),
    ...(messages.length === 0 ? [line(span(`For every condition: ${explain}`, 'dim'))] : []),
  ];
}

const UNDATED = 'The event has no time, so the current time is shown.';

function renderOne({payload, blockKitBuilder, ...message}: MessagePreview, looks: PreviewLooks): Line[] {
  // The address is never wrapped: it is there to be clicked, or copied.
  const address = {...span(blockKitBuilder, 'dim'), href: blockKitBuilder};
  return [
    ...renderPlannedMessage({...message, message: payload}, looks, looks.nowMs),
    ...(looks.withLinks ? [line('  ', span('In the Block Kit Builder: ', 'dim'), address)] : []),
  ];
}
