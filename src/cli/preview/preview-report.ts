/** Report: messages for people, drawn on a terminal. Pure. */
import {renderMessage} from '../explain/plan-report.ts';
import type {Screen} from '../screen.ts';
import {type Line, line, span, wrap} from '../terminal.ts';
import type {MessagePreview, Preview} from './preview.ts';

/** @param explain the command that tells every condition, as it can be typed */
export function renderPreview({messages, reasons}: Preview, explain: string, screen: Screen, nowMs: number): Line[] {
  const {width} = screen;
  return [
    ...messages.flatMap(message => [...renderOne(message, screen, nowMs), line()]),
    ...(messages.length === 0 ? [line(span('No message.', 'bold'))] : []),
    ...reasons.flatMap(reason => wrap(line(`- ${reason}`), width)),
    ...(messages.length === 0 ? [line(span(`Every condition: ${explain}`, 'dim'))] : []),
  ];
}

function renderOne({payload, blockKitBuilder, ...message}: MessagePreview, screen: Screen, nowMs: number): Line[] {
  // The address is never wrapped: it is there to be clicked, or copied.
  return [
    ...renderMessage({...message, message: payload}, screen, nowMs),
    line('  ', span('In the Block Kit Builder: ', 'dim'), {...span(blockKitBuilder, 'dim'), href: blockKitBuilder}),
  ];
}
