/** The way back in, in Chromium: from the sign-in over the letter to a new password, in the reader's language. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeInChromium, expectAccessible, useChromium } from '../../../server/test/browser.ts';
import { type AccountFixture, createAccount } from '../../../server/test/fixtures/account.ts';
import { startMailServer } from '../../../server/test/fixtures/mail-server.ts';
import { startTestServer, type TestServer } from '../../../server/test/server.ts';

describeInChromium('somebody who forgot the password', () => {
  let post: Awaited<ReturnType<typeof startMailServer>>;
  let server: TestServer;
  let fixture: AccountFixture;
  beforeEach(async () => {
    post = await startMailServer();
    server = await startTestServer({ settings: { SMTP_URL: post.url } });
    fixture = await createAccount(server);
  });
  afterEach(async () => {
    await server.stop();
    await post.close();
  });
  const { visit } = useChromium();

  test('asks for a link at the sign-in, and comes in with a new password', async () => {
    // A password that is too weak is refused; Chromium logs that as a fault.
    const page = await visit(`${server.url}/app`, { locale: 'es', pardon: /status of 422/ });
    await page.getByLabel('Correo electrónico').fill(fixture.member.email);
    await page.getByRole('button', { name: '¿Olvidaste tu contraseña?' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Enviar el enlace' }).click();
    await page
      .getByRole('status')
      .getByText(/el enlace está en camino/)
      .waitFor();
    await vi.waitFor(() => expect(post.emails).toHaveLength(1), { timeout: 10_000 });
    const link = /http\S+reset_password_token=\w+/.exec(post.emails[0]?.text ?? '')?.[0] ?? '';
    await page.goto(link);
    await page.getByRole('heading', { name: 'Elige una contraseña' }).waitFor();
    await expectAccessible(page);
    await page.getByLabel('Contraseña nueva').fill('simple');
    await page.getByRole('button', { name: 'Guardar contraseña' }).click();
    await page.getByRole('alert').getByText('A la contraseña le falta algo').waitFor();
    await page.getByLabel('Contraseña nueva').fill('Nueva-456');
    await page.getByRole('button', { name: 'Guardar contraseña' }).click();
    await page.getByRole('link', { name: 'Iniciar sesión' }).click();
    await page.getByLabel('Correo electrónico').fill(fixture.member.email);
    await page.getByLabel('Contraseña').fill('Nueva-456');
    await page.getByRole('button', { name: 'Iniciar sesión' }).click();
    await page.getByRole('navigation').first().waitFor();
  });
});
