/** A Slack message as lines for a terminal. Pure. */

import {type Line, type Span, span, styled, wrap} from '../ui/terminal.ts';
import {type Node, parseMrkdwn, type Reader} from './mrkdwn.ts';
import type {ShownMessage} from './shown-message.ts';

export interface DrawContext extends Reader {
  /** The target of a link in the message, if it differs from the link's URL. */
  readonly target?: (url: string) => string;
}

/** Lines of at most `width` columns. */
export function drawMessage({parts}: ShownMessage, width: number, context: DrawContext): Line[] {
  return parts.flatMap(({text, isSmall}) =>
    toLines(parseMrkdwn(text, context), context)
      .map(one => (isSmall ? styled(one, 'dim') : one))
      .flatMap(one => wrap(one, width)),
  );
}

function toLines(nodes: readonly Node[], context: DrawContext): Line[] {
  const lines: Span[][] = [[]];
  for (const one of nodes.flatMap(node => toSpans(node, context))) {
    for (const [index, text] of one.text.split('\n').entries()) {
      if (index > 0) lines.push([]);
      if (text !== '') lines.at(-1)?.push({...one, ...span(text, ...(one.styles ?? []))});
    }
  }
  return lines;
}

/** Spans whose texts can still contain line breaks. */
function toSpans(node: Node, context: DrawContext): Span[] {
  switch (node.kind) {
    case 'text':
      return [{text: node.text}];
    case 'code':
      return [{text: node.text, styles: ['cyan']}];
    case 'block':
      return [{text: node.text, styles: ['cyan']}];
    case 'mention':
      return [{text: node.text, styles: ['yellow']}];
    case 'link':
      return [{text: node.label, styles: ['blue', 'underline'], href: context.target?.(node.url) ?? node.url}];
    case 'bold':
    case 'italic':
    case 'strike': {
      const style = node.kind;
      const inner = node.children.flatMap(child => toSpans(child, context));
      return inner.map(one => ({...one, styles: [...(one.styles ?? []), style]}));
    }
  }
}
