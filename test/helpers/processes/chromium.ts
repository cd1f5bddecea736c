/** A real browser for the pages that commands write. Chromium is not a dependency. To install it: apt-get install -y chromium */
import {existsSync} from 'node:fs';
import {chromium, type Page} from 'playwright-core';

/** Undefined if it is not installed. The tests are then skipped, with a note. */
export const CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find(path => existsSync(path));

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface TestBrowser {
  /** The page that all tests share, because opening a page takes more time than most tests. */
  readonly page: Page;
  /** The faults of the page: messages on the console, uncaught errors, dialogs and failed requests. */
  readonly problems: readonly string[];
  /** The loaded addresses, without their fragments. */
  readonly requests: readonly string[];
  /** Restores the size and the colors of the page, and clears the lists. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Call this only if `CHROMIUM` is defined. */
export async function openBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({executablePath: CHROMIUM ?? '', args: ARGS});
  const context = await browser.newContext({viewport: SIZE});
  const page = await context.newPage();
  const problems: string[] = [];
  const requests: string[] = [];
  context
    .on('console', message => problems.push(message.text()))
    .on('weberror', error => problems.push(error.error().message))
    .on('dialog', dialog => problems.push(`dialog: ${dialog.message()}`))
    .on('request', request => requests.push(request.url().replace(/#.*/, '')))
    .on('requestfailed', request => {
      // A stream of events fails when its page closes.
      if (request.resourceType() !== 'eventsource') problems.push(`failed: ${request.url()}`);
    });
  return {
    page,
    problems,
    requests,
    async reset() {
      problems.length = 0;
      requests.length = 0;
      await page.setViewportSize(SIZE);
      await page.emulateMedia({colorScheme: null});
    },
    close: () => browser.close(),
  };
}

const SIZE = {width: 1280, height: 720};
