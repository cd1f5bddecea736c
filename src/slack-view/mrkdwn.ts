/** Parse: Slack's mrkdwn, as block-kit/text.ts writes it → nodes for drawing or plain text. Pure. */

/** A part of a message as Slack shows it: decoded entities, local times, links with labels. */
export type Node =
  | {readonly kind: 'text' | 'code' | 'block' | 'mention'; readonly text: string}
  | {readonly kind: 'bold' | 'italic' | 'strike'; readonly children: readonly Node[]}
  | {readonly kind: 'link'; readonly url: string; readonly label: string};

/** The reader's time and time zone. */
export interface Reader {
  /** If absent, no day is shown as "Today", because the page can be read later. */
  readonly nowMs?: number;
  /** Default: the time zone of the machine. */
  readonly timeZone?: string;
}

/** @see https://docs.slack.dev/messaging/formatting-message-text */
export function parseMrkdwn(text: string, reader: Reader): Node[] {
  return text
    .split(/(```[\s\S]*?```)/)
    .flatMap((part, index) =>
      index % 2 === 1
        ? [{kind: 'block', text: decode(part.slice(3, -3).replace(/^\n|\n$/g, ''))} as const]
        : parseInline(part, reader),
    );
}

/** The text without formatting. */
export function plainText(nodes: readonly Node[]): string {
  return nodes
    .map(node => {
      if ('children' in node) return plainText(node.children);
      return node.kind === 'link' ? node.label : node.text;
    })
    .join('');
}

const ATOM = '`[^`\\n]+`|<[^<>\\n]+>';
/** A mark formats text only at a word boundary. Code and links inside are skipped as a whole. */
const emphasis = (mark: string) =>
  `(?<![\\p{L}\\p{N}])[${mark}](?=[^\\s${mark}])(?:${ATOM}|[^${mark}\\n\`<])+(?<!\\s)[${mark}](?![\\p{L}\\p{N}])`;
const INLINE = new RegExp(`${ATOM}|${emphasis('*')}|${emphasis('_')}|${emphasis('~')}`, 'gu');

function parseInline(text: string, reader: Reader): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  const addText = (until: number) => {
    if (until > end) nodes.push({kind: 'text', text: decode(text.slice(end, until))});
  };
  for (const {0: found, index} of text.matchAll(INLINE)) {
    addText(index);
    nodes.push(parseFound(found, reader));
    end = index + found.length;
  }
  addText(text.length);
  return nodes;
}

const MARKS = {'*': 'bold', _: 'italic', '~': 'strike'} as const;

function parseFound(found: string, reader: Reader): Node {
  const inner = found.slice(1, -1);
  if (found.startsWith('`')) return {kind: 'code', text: decode(inner)};
  if (found.startsWith('<')) return parseAngle(inner, reader);
  return {kind: MARKS[found.charAt(0) as keyof typeof MARKS], children: parseInline(inner, reader)};
}

function parseAngle(inner: string, reader: Reader): Node {
  const bar = inner.indexOf('|');
  const [target, label] = bar === -1 ? [inner, undefined] : [inner.slice(0, bar), decode(inner.slice(bar + 1))];
  const date = /^!date\^(-?\d{1,13})\^([^^]*)/.exec(target);
  if (date !== null) return {kind: 'text', text: formatTime(Number(date[1]), date[2] ?? '', reader) ?? label ?? ''};
  if (target.startsWith('!subteam^')) return {kind: 'mention', text: label ?? `@${target.slice('!subteam^'.length)}`};
  if (target.startsWith('!')) return {kind: 'mention', text: `@${decode(target.slice(1))}`};
  if (/^[@#]/.test(target)) return {kind: 'mention', text: label ?? decode(target)};
  const url = decode(target);
  return {kind: 'link', url, label: label ?? url};
}

function decode(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** https://docs.slack.dev/messaging/formatting-message-text#date-formatting; undefined for an invalid time. */
function formatTime(seconds: number, format: string, {nowMs, timeZone}: Reader): string | undefined {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const show = (format: keyof typeof FORMATS, moment = date) => formatter(format, timeZone).format(moment);
  const shortDay = show('day');
  const isDaysAgo = (days: number) =>
    nowMs !== undefined && show('day', new Date(nowMs - days * 86_400_000)) === shortDay;
  const pretty = isDaysAgo(0) ? 'Today' : isDaysAgo(1) ? 'Yesterday' : shortDay;
  return format.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (name === 'time') return show('time');
    if (name === 'time_secs') return show('time_secs');
    if (!name.startsWith('date')) return whole;
    return name.endsWith('_pretty') ? pretty : shortDay;
  });
}

const CLOCK = {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'} as const;
const FORMATS = {
  day: {year: 'numeric', month: 'short', day: 'numeric'},
  time: CLOCK,
  time_secs: {...CLOCK, second: '2-digit'},
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Cached, because creating a formatter takes a hundred times as long as using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(format: keyof typeof FORMATS, timeZone: string | undefined): Intl.DateTimeFormat {
  const key = `${format} ${timeZone}`;
  const made =
    formatters.get(key) ??
    new Intl.DateTimeFormat('en-US', {...FORMATS[format], ...(timeZone === undefined ? {} : {timeZone})});
  formatters.set(key, made);
  return made;
}
