/** The page as HTML. Hostile text stays plain text, and the page loads nothing. */
import {createHash} from 'node:crypto';
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {proposalsOf, renderMistakeList, renderSteps} from '../../src/playground/render-inputs.ts';
import {renderDecisions, renderTimeline} from '../../src/playground/render-timeline.ts';
import {playgroundPage} from '../../src/playground/shell.ts';
import {simulate} from '../../src/playground/simulation.ts';
import {loadRules, parseRules} from '../../src/rules/parse-rules.ts';
import {EAGER_RULES, hostileChanges, hostileTexts} from '../helpers/values/hostile.ts';
import {runs} from '../helpers/values/runs.ts';

const TAGS = /<\/?([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>/g;
const ALLOWED = new Set(
  'a b button br code datalist details div figcaption figure h3 i input label li ol option p pre s span summary time ul'.split(
    ' ',
  ),
);

/** Expects that every `<` begins one of our own tags, without a handler or a style. */
function expectInert(markup: string): void {
  const rest = markup.replace(TAGS, (_, tag: string, attributes: string) => {
    expect(ALLOWED).toContain(tag);
    for (const [, name = '', value = ''] of attributes.matchAll(/\s+([a-z-]+)(?:="([^"]*)")?/g)) {
      expect(name).not.toMatch(/^(?:on\w+|style|src)$/);
      if (name === 'href') expect(value).toMatch(/^https?:/i);
    }
    return '';
  });
  expect(rest).not.toMatch(/[<>]/);
}

test('the page has only its own markup, for any catalog text', () => {
  const rules = parseRules(EAGER_RULES, 'rules.yml');
  fc.assert(
    fc.property(hostileChanges(), hostileTexts, (hostile, to) => {
      const change = {...hostile, at: '2026-11-20T12:28:18Z'}; // an event with another time is refused
      const steps = [
        {kind: 'change' as const, property: 'healthStatus', to},
        {kind: 'wait' as const, wait: '1h'},
      ];
      const simulation = simulate(rules, {changes: [change], steps, nowMs: Date.parse('2026-11-20T12:28:18Z')});
      expectInert(renderTimeline(simulation, rules).markup);
      for (const {preview} of simulation.runs) if (preview) expectInert(renderDecisions(preview, rules).markup);
      expectInert(renderSteps(steps).markup);
    }),
    {numRuns: runs(50)},
  );
});

test('mistakes and proposals are text, for any rules', () => {
  fc.assert(
    fc.property(hostileTexts, text => {
      const quoted = JSON.stringify(text.toWellFormed());
      const file = `version: 1\nrules: [{name: ${quoted}, blueprint: ${quoted}, property: ${quoted}, to: ${quoted}}, {${quoted}: 1}]`;
      const {value, error} = loadRules(file, 'rules.yml');
      expectInert(renderMistakeList(error?.problems ?? [], value !== undefined).markup);
      if (value) for (const list of Object.values(proposalsOf(value))) expectInert(list.markup);
    }),
    {numRuns: runs(100)},
  );
});

test('the page allows only its own script and its own style', () => {
  const page = playgroundPage('f("</script><!--")', 'License <of> x');
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
  const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(page) ?? [];
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page) ?? [];
  const digest = (text: string) => createHash('sha256').update(text).digest('base64');
  expect(script).toBe('f("<\\/script><\\!--")');
  expect(policy.replaceAll('&#39;', "'").split('; ')).toEqual([
    "default-src 'none'",
    `script-src 'sha256-${digest(script)}'`,
    `style-src 'sha256-${digest(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(page).toContain('License &#60;of&#62; x');
  expect(page).not.toMatch(/\s(?:src|href|on\w+|style)=/);
});
