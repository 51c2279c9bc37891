/**
 * The flow of the public client-api-demo (real-clients.md section 2): a static page of another origin with plain
 * XMLHttpRequest, cookies and a raw WebSocket. As the contract says, the contact request is made synchronous here,
 * for the published page reads its answer too early.
 */
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Company, openCompany, soon } from '../../../../examples/chat/test/chat-page.ts';
import { describeInChromium, useChromium } from '../browser.ts';
import { type Site, startSite } from '../site.ts';

const demo = (server: string, inbox: string) => `<!doctype html>
<html lang="en"><head><title>Demo</title><link rel="icon" href="data:,"></head><body>
<input id="text"><button id="send">Send</button><ul id="list"></ul>
<script>
  const base = '${server}/public/api/v1/inboxes/${inbox}';

  function request(method, path, body) {
    const xhr = new XMLHttpRequest();
    xhr.open(method, base + path, false);
    if (body === undefined) xhr.send();
    else {
      xhr.setRequestHeader('Content-Type', 'application/json;charset=UTF-8');
      xhr.send(JSON.stringify(body));
    }
    return JSON.parse(xhr.responseText);
  }
  function setCookie(name, value) {
    document.cookie = name + '=' + value + ';max-age=' + 30 * 86400 + ';path=/';
  }
  function getCookie(name) {
    return document.cookie.split('; ').find((pair) => pair.startsWith(name + '='))?.split('=')[1];
  }
  function show(name, content) {
    const line = document.createElement('li');
    line.textContent = name + ': ' + content;
    list.append(line);
  }

  let contact = getCookie('contact_identifier');
  let token = getCookie('contact_pubsub_token');
  let conversation = getCookie('contact_conversation');
  if (!contact) {
    const made = request('POST', '/contacts');
    setCookie('contact_identifier', contact = made.source_id);
    setCookie('contact_pubsub_token', token = made.pubsub_token);
    setCookie('contact_conversation', conversation = request('POST', '/contacts/' + contact + '/conversations').id);
  }

  window.frames_seen = [];
  const socket = new WebSocket('${server.replace('http', 'ws')}/cable');
  socket.onopen = () => {
    socket.send('{"command":"subscribe","identifier":"{\\\\"channel\\\\":\\\\"RoomChannel\\\\",\\\\"pubsub_token\\\\":\\\\"' + token + '\\\\"}"}');
  };
  socket.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    frames_seen.push(frame.type ?? frame.message.event);
    if (['welcome', 'ping', 'confirm_subscription'].includes(frame.type)) return;
    const { event: name, data } = frame.message;
    if (name === 'message.created' && data.message_type === 1) show(data.sender.name, data.content);
  };

  send.onclick = () => {
    request('POST', '/contacts/' + contact + '/conversations/' + conversation + '/messages', { content: text.value });
    show('me', text.value);
  };
</script></body></html>`;

describeInChromium('a page of another origin', () => {
  let company: Company;
  let site: Site;
  beforeEach(async () => {
    company = await openCompany();
    site = await startSite({ '/': demo(company.url, company.people.inbox.identifier), '/snippet': seed });
  });
  afterEach(async () => {
    await site.stop();
    await company.stop();
  });
  const { visit } = useChromium();

  const frames = (page: Page) =>
    page.evaluate(() => (window as unknown as { frames_seen: string[] }).frames_seen);
  const subscribed = (page: Page) =>
    vi.waitFor(async () => expect(await frames(page)).toContain('confirm_subscription'), soon);
  const lists = (page: Page, expected: string[]) =>
    vi.waitFor(async () => expect(await page.locator('li').allInnerTexts()).toEqual(expected), soon);

  test('opens a contact without a body, writes, shows the agent by name, and uses its cookies in a second tab', async () => {
    const options = { origins: [company.url] };
    const page = await visit(site.url, options);
    await subscribed(page);
    await page.fill('#text', 'Hi');
    await page.click('#send');
    await lists(page, ['me: Hi']);
    expect(await company.stored()).toEqual(['Hi']);

    const second = await visit(site.url, { ...options, beside: page });
    await subscribed(second);
    const { name } = company.people.agent;
    await company.answer('Hello');
    await lists(page, ['me: Hi', `${name}: Hello`]);
    await lists(second, [`${name}: Hello`]);

    await second.fill('#text', 'Me again');
    await second.click('#send');
    expect(await company.stored()).toEqual(['Hi', 'Hello', 'Me again']);
    // The published page sent "undefined" for ever when it had failed once to get a number.
    const [cookie] = (await page.context().cookies()).filter((one) => one.name === 'contact_identifier');
    const undefinedPath = `${company.url}/public/api/v1/inboxes/${company.people.inbox.identifier}/contacts/${cookie?.value}/conversations/undefined/messages`;
    expect((await fetch(undefinedPath, { method: 'POST' })).status).toBe(404);
  });

  test('receives its events by the snippet of the documentation', async () => {
    const { identifier } = company.people.inbox;
    const contacts = `${company.url}/public/api/v1/inboxes/${identifier}/contacts`;
    const contact = (await (await fetch(contacts, { method: 'POST' })).json()) as Record<string, string>;
    await fetch(`${contacts}/${contact.source_id}/conversations`, { method: 'POST' });
    const page = await visit(`${site.url}/snippet`, { origins: [company.url] });
    await page.evaluate(
      ([url, token]) => (window as unknown as { begin(url: string, token: string): void }).begin(url, token),
      [`${company.url.replace('http', 'ws')}/cable`, contact.pubsub_token] as [string, string],
    );
    await subscribed(page);
    await company.answer('Hello');
    await vi.waitFor(async () => expect(await frames(page)).toContain('message.created'), soon);
  });
});

/** The two statements of the documentation, the second as soon as the socket is open: before, a browser refuses it. */
const seed = `<!doctype html>
<html lang="en"><head><title>Snippet</title><link rel="icon" href="data:,"></head><body>
<script>
  window.frames_seen = [];
  function begin(url, customer_pubsub_token) {
    const connection = new WebSocket(url);
    connection.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      frames_seen.push(frame.type ?? frame.message.event);
    };
    connection.onopen = () => {
      connection.send(JSON.stringify({ command:"subscribe", identifier: "{\\"channel\\":\\"RoomChannel\\",\\"pubsub_token\\":\\""+ customer_pubsub_token+"\\"}" }));
    };
  }
</script></body></html>`;
