/** The code in the README of `@hoory/client`, run as it stands there against a server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Company, openCompany, soon } from '../../../../examples/chat/test/chat-page.ts';
import { describeInChromium, useChromium } from '../browser.ts';
import { type Site, startSite } from '../site.ts';

const sdk = new URL('../../../sdk/', import.meta.url);
const readme = readFileSync(new URL('README.md', sdk), 'utf8');

/** The code under a heading, for this server. */
function recipe(heading: string, { url, people }: Company): string {
  const code = readme.split(`## ${heading}\n`)[1]?.match(/```\w+\n([\s\S]*?)```/)?.[1] ?? '';
  return code
    .replace('https://chat.example.com', url)
    .replace('YOUR_INBOX_IDENTIFIER', people.inbox.identifier);
}

let company: Company;
beforeEach(async () => {
  company = await openCompany();
});
afterEach(() => company.stop());

describeInChromium('a plain page', () => {
  let site: Site;
  beforeEach(async () => {
    const head =
      '<!doctype html><html lang="en"><head><title>Page</title><link rel="icon" href="data:,"></head><body>';
    site = await startSite({
      '/': `${head}${recipe('A plain page', company)}</body></html>`,
      '/client.js': readFileSync(new URL('dist/index.js', sdk), 'utf8'),
    });
  });
  afterEach(() => site.stop());
  const { visit } = useChromium();

  test('talks', async () => {
    const page = await visit(site.url, { origins: [company.url] });
    const lines = () => page.locator('li').allInnerTexts();
    await page.locator('input').fill('Hello');
    await page.getByRole('button', { name: 'Send' }).click();
    await vi.waitFor(async () => expect(await company.stored()).toEqual(['Hello']), soon);
    await company.answer('Good morning');
    await vi.waitFor(
      async () => expect((await lines()).at(-1)).toBe(`${company.people.agent.name} Good morning`),
      soon,
    );
    expect(await lines()).toHaveLength(2);
  });
});

test('a bot on Node answers every customer', async () => {
  const bot: ChildProcess = spawn(
    process.execPath,
    ['--input-type=module', '-e', recipe('A bot on Node', company)],
    {
      cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
      env: { PATH: process.env.PATH, HOORY_TOKEN: company.people.agent.access_token },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  try {
    const contacts = `${company.url}/public/api/v1/inboxes/${company.people.inbox.identifier}/contacts`;
    const post = async (path: string, body = {}) => {
      const answer = await fetch(contacts + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as { source_id: string; id: number };
    };
    const { source_id } = await post('');
    const { id } = await post(`/${source_id}/conversations`);
    // It hears what is said from the moment it has subscribed.
    await vi.waitFor(async () => {
      await post(`/${source_id}/conversations/${id}/messages`, { content: 'Hi' });
      expect(await company.stored()).toContain('You said: Hi');
    }, soon);
    expect(bot.exitCode).toBe(null);
  } finally {
    bot.kill();
    await once(bot, 'close');
  }
});
