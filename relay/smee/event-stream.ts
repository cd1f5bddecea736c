/** Parse: a stream of server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
import {StringDecoder} from 'node:string_decoder';

/** Larger events are dropped, as their sender is not verified. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

interface ServerSentEvent {
  /** Default: `message`. */
  readonly type: string;
  readonly data: string;
}

/** Yields each complete event. Leaves out comments, ids and unknown fields. */
export async function* readEvents(stream: AsyncIterable<Buffer>): AsyncGenerator<ServerSentEvent> {
  let fields: string[] = [];
  let size = 0;
  for await (const line of readLines(stream)) {
    if (line !== '') {
      size += line.length;
      if (size <= MAX_CHARACTERS) fields.push(line);
      continue;
    }
    const data = valuesOf(fields, 'data').join('\n');
    if (data !== '' && size <= MAX_CHARACTERS) yield {type: valuesOf(fields, 'event').at(-1) || 'message', data};
    [fields, size] = [[], 0];
  }
}

/** Of a line that is too long, only the end is kept, which is not a field. */
async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/); // a last CR may be half of a CR LF
    rest = (lines.pop() ?? '').slice(-MAX_CHARACTERS - 1);
    yield* lines;
  }
}

function valuesOf(fields: readonly string[], name: string): string[] {
  return fields.flatMap(line => {
    const [, field, value = ''] = /^(\w+)(?:: ?(.*))?$/s.exec(line) ?? [];
    return field === name ? [value] : [];
  });
}
