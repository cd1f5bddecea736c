/** Report: messages for people, drawn on a terminal. Pure. */
import {renderMessage} from '../explain/plan-report.ts';
import {shellWord} from '../scalar.ts';
import type {Screen} from '../screen.ts';
import {type Line, line, span, wrap} from '../terminal.ts';
import type {MessagePreview, Preview} from './preview.ts';

/** @param name of the event */
export function renderPreview({messages, reasons}: Preview, name: string, screen: Screen, nowMs: number): Line[] {
  const {width} = screen;
  const hint = `port-reactor explain ${name === 'standard input' ? '-' : shellWord(name)}`;
  return [
    ...messages.flatMap(message => [...renderOne(message, screen, nowMs), line()]),
    ...(messages.length === 0 ? [line(span('No message.', 'bold'))] : []),
    ...reasons.flatMap(reason => wrap(line(`- ${reason}`), width)),
    ...(messages.length === 0 ? [line(span(`Every condition: ${hint}`, 'dim'))] : []),
  ];
}

function renderOne({payload, blockKitBuilder, ...message}: MessagePreview, screen: Screen, nowMs: number): Line[] {
  // The address is never wrapped: it is there to be clicked, or copied.
  return [
    ...renderMessage({...message, message: payload}, screen, nowMs),
    line('  ', span('In the Block Kit Builder: ', 'dim'), {...span(blockKitBuilder, 'dim'), href: blockKitBuilder}),
  ];
}
