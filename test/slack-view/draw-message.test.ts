import {expect, test} from '@jest/globals';
import {drawMessage} from '../../src/slack-view/draw-message.ts';
import {parseMessage} from '../../src/slack-view/shown-message.ts';
import {lineWidth, paint} from '../../src/ui/terminal.ts';

const section = (text: string) => ({type: 'section', text: {type: 'mrkdwn', text}});
const draw = (message: unknown, width = 40) => drawMessage(parseMessage(message), width, {timeZone: 'UTC'});

test('blocks become lines with the styles of Slack', () => {
  const lines = draw({
    text: 'short',
    blocks: [
      section('*Bold* `code` <https://a.example|a link>\nsecond <!here>'),
      {
        type: 'context',
        elements: [
          {type: 'mrkdwn', text: 'small'},
          {type: 'mrkdwn', text: 'print'},
        ],
      },
    ],
  });
  expect(lines.map(one => paint(one, false))).toEqual(['Bold code a link', 'second @here', 'small', 'print']);
  expect(lines[0]).toEqual(
    expect.arrayContaining([
      {text: 'Bold', styles: ['bold']},
      {text: 'code', styles: ['cyan']},
      {text: 'a link', styles: ['blue', 'underline'], href: 'https://a.example'},
    ]),
  );
  expect(lines[2]).toEqual([{text: 'small', styles: ['dim']}]);
});

test('a message without blocks shows its text in lines of the given width', () => {
  const lines = draw({text: 'a sentence that is longer than twenty columns'}, 20);
  expect(lines.map(one => paint(one, false)).join(' ')).toBe('a sentence that is longer than twenty columns');
  expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(20);
});

test('an invalid message is empty', () => {
  expect(draw(undefined).map(one => paint(one, false))).toEqual(['']);
});
