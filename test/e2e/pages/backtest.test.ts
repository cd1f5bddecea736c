/** The page of a backtest in a real browser. Skipped if Chromium is not installed. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import type {Page} from 'playwright-core';
import {backtest} from '../../../src/backtest/backtest.ts';
import {inMemory} from '../../../src/backtest/recording.ts';
import {resultOf} from '../../../src/backtest/result.ts';
import {renderBacktestPage} from '../../../src/cli/backtest/page.ts';
import {parseRules} from '../../../src/rules/parse-rules.ts';
import {CHROMIUM, openBrowser, type TestBrowser} from '../../helpers/processes/chromium.ts';
import {aChange} from '../../helpers/values/a-change.ts';
import {HOSTILE} from '../../helpers/values/hostile.ts';

const MARKUP = `<img src=x onerror=alert(1)> ${HOSTILE}`;
const rulesOf = (to: string) =>
  parseRules(
    `version: 1\nroutes: [{match: {entity: "one*"}, slack: payments-and-a-very-long-name-of-a-destination}]\nrules: [{name: bad, blueprint: deploymentConfig, property: healthStatus, to: ${to}, notify: true, remediate: {run: fix.sh}}]\n`,
    'rules.yml',
  );

function page(): string {
  const lines = Array.from({length: 60}, (_, index) => {
    const entity = index % 3 === 0 ? 'one' : `other-${'x'.repeat(80)}`;
    const at = new Date(Date.UTC(2026, 9, 1, index * 17)).toISOString();
    const [from, to] = index % 2 === 0 ? ['Healthy', 'Degraded'] : ['Degraded', 'Healthy'];
    return JSON.stringify(aChange({entity, title: MARKUP, at, from, to}));
  });
  const rules = rulesOf('[Degraded, Crashed]');
  const found = backtest(inMemory(Buffer.from([...lines, '{oops'].join('\n'))), {
    rules,
    base: rulesOf('Crashed'),
    clockMs: 900_000,
  });
  return renderBacktestPage(resultOf(found, {name: MARKUP, rules: 'rules.yml', base: 'main', unreadable: 0}));
}

const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;

describeInBrowser(
  `the page of a backtest${CHROMIUM === undefined ? ' (skipped: Chromium is not installed)' : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
    const file = pathToFileURL(join(folder, 'backtest.html')).href;
    let browser: TestBrowser;
    let tab: Page;

    beforeAll(async () => {
      browser = await openBrowser();
      tab = browser.page;
      writeFileSync(join(folder, 'backtest.html'), page());
    }, 30_000);

    beforeEach(() => browser.reset());
    afterEach(() => {
      expect(browser.problems).toEqual([]);
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, {recursive: true});
    });

    test('is one file that shows the replayed messages', async () => {
      await tab.goto(file);
      expect(browser.requests).toHaveLength(1);
      const text = await tab.locator('main').innerText();
      expect(text).toContain("1 events can't be read");
      expect(text).toContain('<img src=x onerror=alert(1)>');
      expect(text).toMatch(/0 → \d+ messages: \d+ new, 0 gone, 0 changed/);
      expect(await tab.locator('.chart g').count()).toBeGreaterThan(30);
      expect(await tab.locator('.legend li').count()).toBe(2);
    });

    test('has bars with heights and lists that fold', async () => {
      await tab.goto(file);
      const heights = await tab
        .locator('.chart rect')
        .evaluateAll(bars => bars.map(bar => bar.getBoundingClientRect().height));
      expect(Math.max(...heights)).toBeGreaterThan(50);
      expect(await tab.locator('details table').first().isVisible()).toBe(false);
      await tab.locator('summary').first().click();
      expect(await tab.locator('details table').first().isVisible()).toBe(true);
    });

    test.each([
      ['light', 'rgb(255, 255, 255)', 'rgb(9, 105, 218)'],
      ['dark', 'rgb(13, 17, 23)', 'rgb(68, 147, 248)'],
    ] as const)('is %s if the reader prefers that', async (colorScheme, background, fill) => {
      await tab.emulateMedia({colorScheme});
      await tab.goto(file);
      expect(await tab.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(background);
      expect(await tab.evaluate("getComputedStyle(document.querySelector('.d0')).fill")).toBe(fill);
    });

    test('fits on a phone, also with open lists', async () => {
      await tab.setViewportSize({width: 360, height: 740});
      await tab.goto(file);
      for (const summary of await tab.locator('summary').all()) await summary.click();
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    });
  },
);
