/**
 * Chromium for tests of pages: one browser per file, a visitor of their own for every page, and no fault unseen. A page
 * that logs an error, throws, or asks another host than those it was opened for fails its test.
 */
import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';

const program = process.env.HOORY_TEST_CHROMIUM;
/** The same engine without the browser around it, which opens a page with less than half of the work; it shows no notifications. */
const shell = process.env.HOORY_TEST_HEADLESS_SHELL || program;
if (!program)
  console.log('Skipped: tests in Chromium need its program in HOORY_TEST_CHROMIUM (`npm test` finds it)');

/** `describe` for tests that need Chromium; skipped where there is none. A busy machine may take its time with pages. */
export const describeInChromium = (name: string, tests: () => void) =>
  describe.skipIf(!program)(name, { timeout: 60_000 }, tests);

const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export interface VisitOptions extends BrowserContextOptions {
  /** Origins besides that of the address which the page may ask. */
  origins?: string[];
  /** Faults that belong to the test: a console line that fits is no failure. */
  pardon?: RegExp;
  /** Another tab of this page's visitor: same storage, same cookies. */
  beside?: Page;
}

export interface Visits {
  /** Opens an address as somebody who was never here, or in another tab of somebody who is. */
  visit(address: string, options?: VisitOptions): Promise<Page>;
  /** A page that is at no address yet: for routes, clocks and scripts that must be there before it is. */
  blank(options?: VisitOptions): Promise<Page>;
}

/**
 * Call it after the hooks that start the servers: pages then close before their servers do.
 * @param isWhole the pages need what is around the engine: notifications
 */
export function useChromium({ isWhole = false } = {}): Visits {
  let browser: Browser;
  const open: { page: Page; faults: string[] }[] = [];

  beforeAll(async () => {
    const executablePath = (isWhole ? program : shell) as string;
    browser = await chromium.launch({ executablePath, args: quiet });
  });
  afterEach(async () => {
    const faults = open.flatMap((one) => one.faults);
    const contexts = new Set(open.splice(0).map(({ page }) => page.context()));
    await Promise.all([...contexts].map((context) => context.close()));
    expect(faults).toEqual([]);
  });
  afterAll(() => browser?.close());

  const blank = async ({ origins = [], pardon, beside, ...options }: VisitOptions = {}) => {
    const context =
      beside?.context() ??
      (await browser.newContext({ reducedMotion: 'reduce', serviceWorkers: 'block', ...options }));
    const page = await context.newPage();
    const faults: string[] = [];
    open.push({ page, faults });
    const fault = (text: string) => !pardon?.test(text) && faults.push(text);
    // The address itself, and pages served from the origins that the test knows.
    const ask = (address: string) => {
      const origin = new URL(address).origin.replace(/^ws/, 'http');
      const own = originOf(page.url());
      if (/^(data|blob|about):/.test(address) || origin === own || origins.includes(origin)) return;
      fault(`asked another host: ${address}`);
    };
    page.on('request', (request) => request.isNavigationRequest() || ask(request.url()));
    page.on('websocket', (socket) => ask(socket.url()));
    page.on('pageerror', (error) => fault(`threw: ${error.stack ?? error.message}`));
    page.on('console', (line) => line.type() === 'error' && fault(`logged: ${line.text()}`));
    return page;
  };
  return {
    blank,
    visit: async (address, options) => {
      const page = await blank(options);
      await page.goto(address);
      return page;
    },
  };
}

const originOf = (address: string) => (address.startsWith('http') ? new URL(address).origin : '');

/** Fails on anything that axe finds wrong with the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    () =>
      // Nothing is gathered of what is right, which takes longer than what is wrong.
      (window as unknown as { axe: typeof axe }).axe.run({
        resultTypes: ['violations'],
      }) as Promise<AxeResults>,
  );
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map(({ target, failureSummary }) => `${target.flat().join(' ')}: ${failureSummary}`),
  }));
  expect(found).toEqual([]);
}
