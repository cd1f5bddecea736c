import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {readEvents} from '../../../relay/smee/event-stream.ts';

async function eventsOf(...chunks: (string | Buffer)[]) {
  const events = [];
  const stream = (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  })();
  for await (const event of readEvents(stream)) events.push(event);
  return events;
}

const message = (data: string) => ({type: 'message', data});

describe('readEvents', () => {
  test.each<[string, string, object[]]>([
    ['one line', 'data: one\n\n', [message('one')]],
    ['several lines of data', 'data: one\ndata:two\ndata\n\n', [message('one\ntwo\n')]],
    ['a type', 'event: ping\ndata: {}\n\n', [{type: 'ping', data: '{}'}]],
    [
      'lines that end with CR LF, or CR',
      'data: one\r\n\r\ndata: two\r\rdata: three\n\n',
      ['one', 'two', 'three'].map(message),
    ],
    ['comments, ids and unknown fields', ': hello\nid: 7\ndatabase: x\ndata: one\n\n', [message('one')]],
    ['no data', 'event: ready\n\n\n\n', []],
    ['an end before the event is whole', 'data: one\n', []],
  ])('reads %s', async (_name, text, expected) => {
    expect(await eventsOf(text)).toEqual(expected);
  });

  test('gives the same events however the stream is cut', async () => {
    const bytes = Buffer.from('event: a\r\ndata: schön 💥\r\n\r\ndata: two\ndata: lines\n\n');
    const whole = await eventsOf(bytes);
    expect(whole).toHaveLength(2);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async cuts => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(await eventsOf(...chunks)).toEqual(whole);
      }),
    );
  });

  test('drops an event that is too large, and goes on', async () => {
    const piece = 'x'.repeat(1024 * 1024);
    const [large, many] = [Array(6).fill(piece), Array(6).fill(`data: ${piece}\n`)];
    expect(await eventsOf('data: ', ...large, '\n\n', ...many, '\ndata: next\n\n')).toEqual([message('next')]);
  });
});
