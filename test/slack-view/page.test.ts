import {expect, test} from '@jest/globals';
import {renderMessage} from '../../src/slack-view/page.ts';
import {parseMessage} from '../../src/slack-view/shown-message.ts';
import {html} from '../../src/ui/html.ts';

const NOW = Date.parse('2026-11-20T12:28:18Z');
const render = (text: string, page?: (url: string) => string | undefined) =>
  renderMessage(
    parseMessage({text: 'on a *lock* screen', blocks: [{type: 'section', text: {type: 'mrkdwn', text}}]}),
    {atMs: NOW, note: html` <b>a note</b>`},
    {timeZone: 'UTC', ...(page === undefined ? {} : {page})},
  ).markup;

test('a message is rendered with its styles, its time and its lock-screen text', () => {
  const markup = render('*Bold* _it_ ~no~ `code` <!here>\n```\nblock\n```');
  expect(markup).toContain(
    '<p><b>Bold</b> <i>it</i> <s>no</s> <code>code</code> <span class="mention">@here</span></p>',
  );
  expect(markup).toContain('<pre>block</pre>');
  expect(markup).toContain('<time>12:28</time> <b>a note</b>');
  expect(markup).toContain('On a lock screen: on a lock screen');
});

test('links lead only to http and https addresses, or to the page that replaces them', () => {
  expect(render('<https://a.example|there>')).toContain(
    '<a href="https://a.example" target="_blank" rel="noreferrer noopener">there</a>',
  );
  expect(render('<javascript:alert(1)|there>')).not.toContain('href');
  expect(render('<https://a.example|there>', () => '../run-1/index.html')).toContain(
    '<a href="../run-1/index.html">there</a>',
  );
});
