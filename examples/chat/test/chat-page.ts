/** A company with an agent and a chat page, and what a person does and sees on it. */
import { type AgentClient, type AgentOutput, createAgentClient } from '@hoory/client';
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import type { UserRow } from '../../../packages/server/src/db/tables.ts';
import { createTestAccount, type TestAccount } from '../../../packages/server/test/fixtures/test-account.ts';
import {
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from '../../../packages/server/test/server.ts';

export const soon = { timeout: 30_000, interval: 100 };

type Messages = 'POST /api/v1/accounts/{account_id}/conversations/{conversation_id}/messages';

export interface Company extends TestServer {
  people: TestAccount;
  /** The address of the chat of the agent's inbox. */
  chat: string;
  agent: AgentClient;
  administrator: AgentClient;
  /** The agent writes; more of the message in `rest`. */
  answer(content: string, rest?: object): Promise<AgentOutput<Messages>>;
  /** The texts of all messages of a conversation that customers see, as the server has them. */
  stored(conversation_id?: number): Promise<(string | null)[]>;
}

/** The account's first conversation is number 1. */
export async function openCompany(options: TestServerOptions = {}): Promise<Company> {
  const server = await startTestServer(options);
  const people = await createTestAccount(server.app);
  const { account, inbox } = people;
  const clientOf = ({ access_token }: UserRow) =>
    createAgentClient({ base: server.url, accessToken: access_token });
  const agent = clientOf(people.agent);
  const messages = '/api/v1/accounts/{account_id}/conversations/{conversation_id}/messages' as const;
  return {
    ...server,
    people,
    agent,
    administrator: clientOf(people.administrator),
    chat: `${server.url}/chat/${inbox.identifier}`,
    answer: (content, rest = {}) =>
      agent.call(`POST ${messages}`, { account_id: account.id, conversation_id: 1, content, ...rest }),
    stored: async (conversation_id = 1) => {
      const { payload } = await agent.call(`GET ${messages}`, { account_id: account.id, conversation_id });
      return payload.filter(({ message_type }) => message_type !== 2).map(({ content }) => content);
    },
  };
}

/** The texts of the chat's bubbles, oldest first, without the greeting. */
export const texts = (page: Page): Promise<string[]> =>
  page.locator('.row:not(.welcome) .bubble').allInnerTexts();

/** Waits until the chat shows exactly these texts. */
export const sees = (page: Page, expected: string[]) =>
  vi.waitFor(async () => expect(await texts(page)).toEqual(expected), soon);

/** Writes into the composer and sends. */
export async function write(page: Page, text: string): Promise<void> {
  const composer = page.locator('textarea.text');
  await composer.fill(text);
  await composer.press('Enter');
}

/** Waits until the server has all that was sent, as the chat shows it. */
export const settled = (page: Page) =>
  vi.waitFor(async () => {
    expect(await page.locator('.row.fresh').count()).toBe(0);
    expect(await page.locator('.row.own').last().innerText()).toMatch(/✓ Sent|Read/);
  }, soon);
