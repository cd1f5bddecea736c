/** dist/playground.html in a real browser, from `file://`. Skipped if Chromium is not installed. */
import {statSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import type {Page} from 'playwright-core';
import {SAMPLE} from '../../../src/playground/sample.ts';
import {writeLink} from '../../../src/playground/state.ts';
import {CHROMIUM, openBrowser, type TestBrowser} from '../../helpers/processes/chromium.ts';
import {HOSTILE} from '../../helpers/values/hostile.ts';

const FILE = join(import.meta.dirname, '../../../dist/playground.html');
const ADDRESS = pathToFileURL(FILE).href;
const MARKUP = `<img src=x onerror=alert(1)></textarea><script>alert(1)</script> ${HOSTILE}`;

test('is one file of less than 1 MB', () => {
  expect(statSync(FILE).size).toBeLessThan(1_000_000);
});

const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;

describeInBrowser(
  `the playground in a browser${CHROMIUM === undefined ? ' (skipped: Chromium is not installed)' : ''}`,
  () => {
    let browser: TestBrowser;
    let page: Page;

    beforeAll(async () => {
      browser = await openBrowser();
      page = browser.page;
    }, 30_000);
    beforeEach(async () => {
      await browser.reset();
      await page.goto(ADDRESS);
    });
    afterEach(() => {
      expect(browser.problems).toEqual([]);
      expect(new Set(browser.requests)).toEqual(new Set([ADDRESS]));
    });
    afterAll(() => browser.close());

    const status = () => page.locator('#status');
    const topics = () => page.locator('.timeline .news .badge');
    const lastIncident = () => page.locator('.timeline > li').last().locator('.states li');
    const seen = (text: string | RegExp) => page.getByText(text).first().waitFor();

    test('shows an example immediately: the verdict, the route, the message and later messages', async () => {
      expect(await status().innerText()).toBe('1 rule matches the event. In total: 3 messages, 2 remediations.');
      const verdict = page.locator('.verdicts li').first();
      expect(await verdict.innerText()).toContain('healthStatus went from Healthy to Degraded');
      const post = page.locator('figure').first();
      expect(await post.locator('figcaption').innerText()).toMatch(/Slack: to oncall\s+Route: routes\[0\]/);
      expect(await post.locator('.slack b').first().innerText()).toBe('CRITICAL');
      expect(await topics().allInnerTexts()).toEqual(['firing', 'not-recovered', 'recovered']);
      expect(await page.getByText('the cooldown ends at').isVisible()).toBe(true);
      expect(await lastIncident().innerText()).toMatch(/^closed deployment-down .*attempt 2 of 2/);
    });

    test('shows mistakes with line and column while the user types, and a click selects the place', async () => {
      const rules = page.locator('#rules');
      await rules.fill(SAMPLE.rules.replace('property: healthStatus', 'proprety: healthStatus'));
      const mistake = page.locator('.mistakes li').first();
      await mistake.waitFor();
      expect(await mistake.innerText()).toMatch(/12:5\s+rules\[0\].*proprety/);
      expect(await page.locator('#gutter b').first().innerText()).toBe('12');
      expect(await rules.getAttribute('aria-invalid')).toBe('true');
      expect(await status().innerText()).toMatch(/^1 rule could not be decided/);
      await mistake.getByRole('button').click();
      const selected =
        'document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)';
      expect(await page.evaluate(selected)).toBe('proprety: healthStatus');
      await rules.fill('version: 1\nrules: {');
      await seen('Nothing is decided: the rules have mistakes.');
      await rules.fill(SAMPLE.rules);
      await seen('No mistakes');
    });

    test('creates an event from the fields, and updates the reason while the user types', async () => {
      await page.getByLabel('To (null: not set)').fill('Restarting');
      await seen(/^No rule matches the event/);
      expect(await page.locator('.verdicts li').first().innerText()).toContain('does not match');
      await page.locator('.verdicts summary').first().click();
      expect(await page.locator('.conditions li').filter({hasText: 'decided'}).first().innerText()).toContain(
        'expected Degraded or Crashed, is Restarting',
      );
    });

    test('accepts an event as JSON, and the fields provide its first text', async () => {
      await page.getByLabel(/^JSON/).check();
      const json = page.getByLabel('Event as JSON');
      expect(JSON.parse(await json.inputValue())).toMatchObject({context: {entityIdentifier: 'checkout-prod'}});
      await json.fill((await json.inputValue()).replaceAll('checkout-prod', 'orders-prod'));
      await seen('Critical: orders-prod (deploymentConfig)');
      await json.fill('{"a": ');
      await seen(/^The event is not JSON/);
      expect(await status().innerText()).toBe('Nothing is decided: the event has a mistake.');
    });

    test('adds changes, waits and acknowledgements with only the keyboard', async () => {
      while ((await page.locator('#steps li').count()) > 0) await page.locator('#steps button').first().press('Enter');
      await page.locator('.news .badge').nth(1).waitFor({state: 'detached'});
      expect(await topics().allInnerTexts()).toEqual(['firing']);
      await page.getByRole('button', {name: '+ Acknowledgement'}).press('Enter');
      await seen(/acknowledged \(start\)/);
      await page.getByRole('button', {name: '+ Change'}).press('Enter');
      await page.keyboard.type('Healthy'); // the field has the focus
      await seen('healthStatus Degraded → Healthy');
      await page.getByRole('button', {name: '+ Wait'}).press('Enter');
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type('5m');
      await page.locator('.news .badge').nth(1).waitFor();
      expect(await topics().allInnerTexts()).toEqual(['firing', 'recovered']);
      expect(await lastIncident().innerText()).toMatch(/^closed/);
    });

    test('reports a step with a mistake, and stops before it', async () => {
      await page.getByLabel('Wait (20s, 10m, 1h)').first().fill('soon');
      await seen('soon is not a duration. Use a value such as 20s, 10m or 1h.');
      await seen('The simulation stops here: step 1 has a mistake.');
      expect(await page.locator('.timeline > li').count()).toBe(1);
    });

    test('shows hostile text as plain text', async () => {
      const rules = `${SAMPLE.rules}  - name: ${JSON.stringify(MARKUP)}\n    blueprint: deploymentConfig\n    notify: true\n`;
      const event = {...SAMPLE.event, entity: MARKUP, to: MARKUP};
      await page.goto(`${ADDRESS}#${writeLink({...SAMPLE, rules, event})}`);
      await page.reload();
      await page.locator('.slack').first().waitFor();
      expect(await page.locator('main').innerText()).toContain('<img src=x onerror=alert(1)>');
      expect(await page.locator('img, iframe, body script:not(:last-of-type)').count()).toBe(0);
      await page.locator('#rules').fill(`version: 1\n${JSON.stringify(MARKUP)}: 1\nrules: []\n`);
      await page.locator('.mistakes').waitFor();
      expect(await page.locator('.mistakes').innerText()).toContain('<img src=x');
    });

    test('shares an example through its URL', async () => {
      await page.getByLabel('Entity').fill('orders-prod');
      await page.waitForURL(/#[\w-]{100,}$/);
      const other = await page.context().newPage();
      await other.goto(page.url());
      expect(await other.getByLabel('Entity').inputValue()).toBe('orders-prod');
      await other.close();
      await page.getByRole('button', {name: 'Start again'}).click();
      expect(await page.getByLabel('Entity').inputValue()).toBe('checkout-prod');
      expect(page.url()).toBe(ADDRESS);
    });

    test('reports a truncated link and shows the default example', async () => {
      await page.goto(`${ADDRESS}#${writeLink(SAMPLE)?.slice(0, -9)}`);
      await seen("The link can't be read");
      expect(await topics().count()).toBe(3);
    });

    test('keeps opened parts open while the user types', async () => {
      await page.locator('.verdicts summary').first().click();
      await page.getByLabel('Entity').fill('orders-prod');
      await seen('Critical: orders-prod (deploymentConfig)');
      expect(await page.locator('.conditions').first().isVisible()).toBe(true);
    });

    test.each([
      ['light', 'rgb(255, 255, 255)'],
      ['dark', 'rgb(13, 17, 23)'],
    ] as const)('is %s if the reader prefers that', async (colorScheme, background) => {
      await page.emulateMedia({colorScheme});
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(background);
    });

    test.each([320, 390])('fits on a phone of %d pixels, with open lists and mistakes in the rules', async width => {
      await page.setViewportSize({width, height: 740});
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await page.locator('#rules').fill(SAMPLE.rules.replace('critical', 'x'.repeat(200)));
      await page.locator('.mistakes').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    });

    test('has a button on a phone that leads from the rules to the results', async () => {
      expect(await page.getByRole('button', {name: 'Results'}).isVisible()).toBe(false);
      await page.setViewportSize({width: 390, height: 740});
      await page.getByRole('button', {name: 'Results'}).click();
      expect(await status().evaluate(one => one.getBoundingClientRect().top)).toBeLessThan(740);
    });

    test('has a name for every field and button', async () => {
      const unnamed = await page
        .locator('input, textarea, button')
        .evaluateAll(all =>
          all
            .filter(one => !(one as {labels?: {length: number}}).labels?.length && !one.textContent?.trim())
            .map(one => one.outerHTML),
        );
      expect(unnamed).toEqual([]);
    });
  },
);
