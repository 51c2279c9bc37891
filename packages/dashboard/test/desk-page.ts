/** What every test of the desk's pages does first: it signs in. */
import type { Page } from 'playwright-core';
import { password } from '../../server/test/office.ts';

/** Signs in and waits for the rail, which a phone hides beside a thread; a device that is signed in already shows it at once. */
export async function signIn(page: Page, email: string): Promise<void> {
  const field = page.locator('input[name=email]');
  const rail = page.locator('nav').first();
  await field.or(rail).first().waitFor({ state: 'attached' });
  if (!(await field.isVisible())) return;
  await field.fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await rail.waitFor({ state: 'attached' });
}
