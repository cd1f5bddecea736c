/** The demo's pages in a real browser. Skipped if Chromium is not installed: apt-get install -y chromium. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import type {Page} from 'playwright-core';
import {History} from '../../../src/demo/history.ts';
import {keepRecords} from '../../../src/demo/page/records.ts';
import {createSite} from '../../../src/demo/page/site.ts';
import {type LocalServer, listenLocally} from '../../../src/ui/local-server.ts';
import {anEnd, aPost, aRun, CONTEXT} from '../../demo/a-run.ts';
import {CHROMIUM, openBrowser, type TestBrowser} from '../../helpers/processes/chromium.ts';
import {HOSTILE} from '../../helpers/values/hostile.ts';

const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;

describeInBrowser(
  `the pages in a browser${CHROMIUM === undefined ? ' (skipped: Chromium is not installed)' : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'port-reactor-'));
    const history = new History();
    let browser: TestBrowser;
    let page: Page;
    let server: LocalServer;

    beforeAll(async () => {
      browser = await openBrowser();
      page = browser.page;
      const site = createSite(history, folder, () => CONTEXT);
      server = await listenLocally(site);
      keepRecords(history, folder, () => CONTEXT);
      const log = [
        {kind: 'group', text: 'Run ./'},
        {kind: 'text', text: 'with:'},
        {kind: 'endgroup', text: ''},
        {kind: 'text', text: HOSTILE},
      ] as const;
      const posts = [aPost(`*Critical* \`Degraded\` <${CONTEXT.serverUrl}/acme/operations/actions/runs/1|This run>`)];
      history.put(aRun({ended: anEnd({summary: '<h2>Port Reactor: reacted</h2>', log, posts})}));
      history.put(aRun({id: 2, title: `<img src=x onerror=alert(1)> ${HOSTILE}`, state: 'failure', ended: anEnd()}));
      history.add({time: '2026-11-20T12:28:18.477Z', status: 200, outcome: 'ignored', reason: HOSTILE});
    }, 30_000);

    beforeEach(() => browser.reset());
    afterEach(() => {
      expect(browser.problems).toEqual([]);
    });
    afterAll(async () => {
      await browser.close();
      await server.close();
      rmSync(folder, {recursive: true});
    });

    test('show the list of runs, and a click opens one', async () => {
      await page.goto(pathToFileURL(join(folder, 'index.html')).href);
      const names = await page.locator('.runs .name').allInnerTexts();
      expect(names).toEqual([
        expect.stringContaining('<img src=x'),
        'notification-service-prod: healthStatus Healthy → Degraded',
      ]);
      expect(
        await page.locator('.runs [role=img]').evaluateAll(icons => icons.map(icon => icon.getAttribute('aria-label'))),
      ).toEqual(['Failed', 'Succeeded']);
      await page.locator('.runs li').nth(1).click(); // any place in the row
      expect(await page.locator('h1').innerText()).toContain('healthStatus Healthy → Degraded');
      expect(await page.locator('.slack b').innerText()).toBe('Critical');
      expect(await page.locator('.summary h2').innerText()).toBe('Port Reactor: reacted');
      await page.getByText('All runs').click();
      expect(page.url()).toMatch(/index\.html$/);
    });

    test('fold on the page of a run, which works without a network', async () => {
      await page.goto(pathToFileURL(join(folder, 'run-1', 'index.html')).href);

      expect(browser.requests).toHaveLength(1);
      expect(await page.getByText('with:').isVisible()).toBe(false);
      await page.getByText('Run ./').click();
      expect(await page.getByText('with:').isVisible()).toBe(true);
      expect(await page.locator('.log').innerText()).toContain(HOSTILE);
    });

    test.each([
      ['light', 'rgb(255, 255, 255)'],
      ['dark', 'rgb(13, 17, 23)'],
    ] as const)('are %s if the reader prefers that', async (colorScheme, background) => {
      await page.emulateMedia({colorScheme});
      await page.goto(pathToFileURL(join(folder, 'index.html')).href);
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(background);
    });

    test.each(['index.html', 'run-1/index.html', 'run-2/index.html'])('fit on a phone: %s', async name => {
      await page.setViewportSize({width: 360, height: 740});
      await page.goto(pathToFileURL(join(folder, name)).href);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    });

    test('show new runs without a reload while they are served', async () => {
      await page.goto(server.url);
      expect(await page.locator('.runs li').count()).toBe(2);
      const reloaded = page.waitForEvent('load');
      history.put(aRun({id: 3, title: 'a new one', state: 'in progress'}));
      await reloaded;
      expect(await page.locator('.runs .name').first().innerText()).toBe('a new one');
    });
  },
);
