/** An account with many agents and labels at the desk: lists show the first of them, and typing finds the others. */
import { expect, it } from 'vitest';
import { addMember } from '../../../server/src/agents/agents.ts';
import { newId } from '../../../server/src/db/new-ids.ts';
import { describeInChromium, expectAccessible, useChromium } from '../../../server/test/browser.ts';
import { type Suite, signIn, startConversation, useAccount } from '../../test/desk-page.ts';
import { MAX_SHOWN } from '../ui/matches.ts';

/** More than a list shows. */
const many = MAX_SHOWN + 20;

describeInChromium('a wide account', () => {
  const suite = useAccount(widen);
  const { visit } = useChromium();

  async function widen({ server: { app }, fixture: { account_id } }: Suite): Promise<void> {
    await app.db.write(async (tx) => {
      const now = app.now();
      for (let n = 1; n <= many; n++) {
        const newUser = { email: `a${n}@shop.test`, name: `Agent ${n}`, password_hash: null, confirmed: 1 };
        await addMember(app, tx, { account_id, role: 'agent', newUser });
        await tx.insertMany('labels', [
          {
            id: await newId(tx, 'labels'),
            account_id,
            title: `label-${n}`,
            description: null,
            color: '#1f93ff',
            show_on_sidebar: null,
            created_at: now,
            updated_at: now,
          },
        ]);
      }
    });
  }

  it('is worked with from the keyboard', async () => {
    const { id, say } = await startConversation(suite, 'Lia Park');
    await say('Where is my order?');
    const page = await visit(`${suite.server.url}/app/conversations/${id}`);
    await signIn(page, 'ana@shop.test');
    await page.getByText('Where is my order?').last().waitFor();
    const options = page.getByRole('option');

    await page.getByRole('log').press('Shift+A');
    await expect.poll(() => options.count()).toBe(MAX_SHOWN);
    await expectAccessible(page);
    await page.keyboard.type(`agent ${many}`);
    await expect.poll(() => options.count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: `Agent ${many}`, exact: true }).waitFor();

    await page.getByRole('log').press('l');
    await expect.poll(() => options.count()).toBe(MAX_SHOWN);
    await page.keyboard.type(`label-${many}`);
    await expect.poll(() => options.count()).toBe(1);
    await page.keyboard.press('Enter');
    // The list stays open for the next label.
    await page.locator(`[aria-label="Remove label-${many}"]`).waitFor();
    await expect.poll(() => options.count()).toBe(MAX_SHOWN);
    await page.keyboard.press('Escape');
    await options.first().waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-keys'))).toBe('labels');

    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('combobox', { name: 'Label' }).press('ArrowDown');
    await expect.poll(() => options.count()).toBe(MAX_SHOWN);
    await page.keyboard.type(`label-${many}`);
    await expect.poll(() => options.count()).toBe(1);
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Label' }).getByText(`label-${many}`).waitFor();
    await page.waitForURL(`**/*label=label-${many}*`);
  });

  it('has settings that show a page of each list', async () => {
    const page = await visit(`${suite.server.url}/app/settings/labels`);
    await signIn(page, 'ana@shop.test');
    const rows = page.locator('article').getByRole('listitem');
    await expect.poll(() => rows.count()).toBe(MAX_SHOWN);
    await page.getByRole('button', { name: /^Show more/ }).click();
    await expect.poll(() => rows.count()).toBe(many);
    await page.getByRole('searchbox', { name: 'Search' }).fill(`LABEL-${many}`);
    await expect.poll(() => rows.count()).toBe(1);
    await expectAccessible(page);
  });
});
