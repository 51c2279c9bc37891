/**
 * Chromium for tests of pages: one browser for all files of a worker, a visitor of its own for every page unless a test
 * asks for another. A page that logs an error, throws, or requests another host than those it was opened for fails its test.
 */
import axe from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
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
  /** A visitor who stays until the end of the file, with storage, cookies and cache: one name, one visitor. */
  device?: string;
}

export interface Visits {
  /** Opens an address as somebody who was never here, or in another tab of somebody who is. */
  visit(address: string, options?: VisitOptions): Promise<Page>;
  /** A page that is at no address yet: for routes, clocks and scripts that must be there before it is. */
  blank(options?: VisitOptions): Promise<Page>;
}

/** By program. Vitest ends the worker, and Chromium ends when the pipe from its worker closes. */
const browsers = new Map<string, Promise<Browser>>();

function launch(executablePath: string): Promise<Browser> {
  const browser = browsers.get(executablePath) ?? chromium.launch({ executablePath, args: quiet });
  browsers.set(executablePath, browser);
  return browser;
}

interface OpenPage {
  page: Page;
  faults: string[];
}

/**
 * Call it after the hooks that start the servers: pages then close before their servers do.
 * @param isWhole the pages need what is around the engine: notifications
 */
export function useChromium({ isWhole = false } = {}): Visits {
  let browser: Browser;
  const open: OpenPage[] = [];
  const devices = new Map<string, BrowserContext>();

  beforeAll(async () => {
    browser = await launch((isWhole ? program : shell) ?? '');
  });
  afterEach(async () => {
    const faults = open.flatMap((opened) => opened.faults);
    const kept = new Set(devices.values());
    const closable = open.splice(0).map(({ page }) => (kept.has(page.context()) ? page : page.context()));
    await Promise.all([...new Set(closable)].map((pageOrContext) => pageOrContext.close()));
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await Promise.all([...devices.values()].map((context) => context.close()));
  });

  const blank = async ({ origins = [], pardon, beside, device, ...options }: VisitOptions = {}) => {
    const context =
      beside?.context() ??
      devices.get(device ?? '') ??
      (await browser.newContext({ reducedMotion: 'reduce', serviceWorkers: 'block', ...options }));
    if (device) devices.set(device, context);
    const page = await context.newPage();
    open.push({ page, faults: collectFaults(page, { origins, pardon }) });
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

/** @returns a list that grows with every fault of the page */
function collectFaults(page: Page, { origins = [], pardon }: VisitOptions): string[] {
  const faults: string[] = [];
  const fault = (text: string) => !pardon?.test(text) && faults.push(text);
  // The page may request its own address, and the origins that the test knows.
  const checkOrigin = (address: string) => {
    const origin = new URL(address).origin.replace(/^ws/, 'http');
    const own = originOf(page.url());
    if (/^(data|blob|about):/.test(address) || origin === own || origins.includes(origin)) return;
    fault(`asked another host: ${address}`);
  };
  page.on('request', (request) => request.isNavigationRequest() || checkOrigin(request.url()));
  page.on('websocket', (socket) => checkOrigin(socket.url()));
  page.on('pageerror', (error) => fault(`threw: ${error.stack ?? error.message}`));
  page.on('console', (line) => line.type() === 'error' && fault(`logged: ${line.text()}`));
  return faults;
}

const originOf = (address: string) => (address.startsWith('http') ? new URL(address).origin : '');

declare global {
  interface Window {
    axe?: typeof axe;
  }
}

/** Fails on anything that axe finds wrong with the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  if (!(await page.evaluate(() => window.axe !== undefined))) await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    // Without the passes, whose collection takes longer than that of the violations.
    const results = await window.axe?.run({ resultTypes: ['violations'] });
    return results?.violations;
  });
  const found = violations?.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map(({ target, failureSummary }) => `${target.flat().join(' ')}: ${failureSummary}`),
  }));
  expect(found).toEqual([]);
}
