/** The output of explain and preview shows catalog text, which cannot control the terminal. */
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {renderExplanation} from '../../../src/cli/explain/explain-report.ts';
import {explain} from '../../../src/cli/explain/explanation.ts';
import {messageLinksOf} from '../../../src/cli/explain/message-links.ts';
import {previewOf} from '../../../src/cli/preview/preview.ts';
import {renderPreview} from '../../../src/cli/preview/preview-report.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {lineWidth, paint} from '../../../src/ui/terminal.ts';
import {NOW} from '../../helpers/processes/cli-world.ts';
import {EAGER_RULES, hostileChanges, hostileTexts} from '../../helpers/values/hostile.ts';
import {runs} from '../../helpers/values/runs.ts';

const RULES = parseRules(EAGER_RULES, 'rules.yml');
const SCREEN = {width: 80, isColored: false};

test('no text of a change controls the terminal or makes a line too long', () => {
  fc.assert(
    fc.property(fc.array(hostileChanges(), {minLength: 1, maxLength: 3}), hostileTexts, (changes, text) => {
      const record = {
        rules: [{rule: text, matched: true, reason: text}],
        reactions: [{rule: text, kind: text, status: text, detail: text}],
        run: text,
      };
      const subject = {isRecord: true, changes: changes.map(change => ({change, record})), remarks: [text]};
      const explanation = explain(RULES, subject, {nowMs: NOW, messageLinks: messageLinksOf({})});
      const lines = [
        ...renderExplanation(explanation, {name: 'x', nowMs: NOW}, SCREEN),
        ...renderPreview(previewOf(explanation), 'x', {...SCREEN, nowMs: NOW, withLinks: true}).filter(
          line => !/block-kit-builder/.test(paint(line, false)),
        ),
      ];
      expect(lines.map(line => paint(line, false)).join('')).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
      );
      expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(SCREEN.width);
    }),
    {numRuns: runs(60)},
  );
});
