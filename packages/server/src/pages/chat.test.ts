/** The chat's page and script through HTTP; what they do in a browser is tested in `examples/chat/test`. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClientApiServer, startClientApiServer } from '../../test/fixtures/client-api-server.ts';

let server: ClientApiServer;
beforeAll(async () => {
  server = await startClientApiServer();
});
afterAll(() => server.stop());

const page = (identifier: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/chat/${identifier}`, { headers });

test('the page is in the language that the browser prefers, and names its inbox', async () => {
  const answer = await page(server.inbox.identifier, { 'accept-language': 'pt-BR,pt;q=0.9' });
  const text = await answer.text();
  expect(text).toContain('<html lang="pt-BR">');
  expect(text).toContain(`<hoory-chat inbox="${server.inbox.identifier}">`);
  expect(answer.headers.get('vary')).toContain('Accept-Language');
  const odd = await page(server.inbox.identifier, { 'accept-language': '"><script>' });
  expect(await odd.text()).toContain('<html lang="en">');
});

test('there is no page for an unknown inbox', async () => {
  const answer = await page('nothing');
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('There is no chat at this address');
});

test('the name of an inbox is text', async () => {
  await server.updateInbox({ name: '<b>Shop</b>' });
  const text = await (await page(server.inbox.identifier)).text();
  expect(text).toContain('<h1>&lt;b&gt;Shop&lt;/b&gt;</h1>');
  expect(text).not.toContain('<b>');
});

test('only the origins of the inbox may frame the page', async () => {
  const policy = async () =>
    (await page(server.inbox.identifier)).headers.get('content-security-policy') as string;
  expect(await policy()).not.toContain('frame-ancestors');
  await server.updateInbox({ allowed_origins: JSON.stringify(['https://shop.example']) });
  expect(await policy()).toContain("frame-ancestors 'self' https://shop.example");
});

test('the script comes packed to those who take it so, and any site may load it', async () => {
  const packed = await fetch(`${server.url}/chat.js`, { headers: { 'accept-encoding': 'gzip' } });
  const plain = await fetch(`${server.url}/chat.js`, { headers: { 'accept-encoding': 'identity' } });
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(Number(packed.headers.get('content-length'))).toBeLessThanOrEqual(25_000);
  expect(plain.headers.get('content-encoding')).toBe(null);
  expect(await packed.text()).toBe(await plain.text());
  expect(plain.headers.get('access-control-allow-origin')).toBe('*');
  expect(plain.headers.get('vary')).toContain('Accept-Encoding');
});

test('the words of another language are loaded apart from the script, all of them', async () => {
  const wordsOf = async (language: string) => fetch(`${server.url}/chat/words/${language}.json`);
  const keysOf = async (language: string) => Object.keys(await (await wordsOf(language)).json()).sort();
  const source = await readFile(new URL('../../../../examples/chat/src/words.ts', import.meta.url), 'utf8');
  const english = source.slice(0, source.indexOf('export type'));
  const keys = [...english.matchAll(/^ {2}(\w+): '/gm)].map(([, key]) => key);
  const early = ['title', 'open', 'close', 'unread'];
  const late = keys.filter((key) => !early.includes(key as string)).sort();
  for (const language of ['de', 'fr', 'ar']) expect(await keysOf(language)).toEqual(late);
  expect((await wordsOf('de')).headers.get('access-control-allow-origin')).toBe('*');
  for (const wrong of ['xx', '..%2F..%2Fpackage', 'de.json%00'])
    expect((await wordsOf(wrong)).status).toBe(404);
});
