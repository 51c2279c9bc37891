/**
 * B1 and B2: posting messages through the Client API, beside the same Fastify route without storage, in one run and in
 * turns, so that a noisy machine is noisy for both (decisions.md 11).
 */
import { clientMessages } from '@hoory/contract';
import Fastify from 'fastify';
import type { Config } from '../config.ts';
import { startServer } from '../main.ts';
import { ratioOf, toMedian } from './figures.ts';
import { conversationPaths } from './fixture.ts';
import { load } from './load.ts';

export interface PostFigures {
  section: 'post';
  database: 'sqlite' | 'postgres';
  connections: number;
  /** Messages per second, the median of the rounds. */
  messages_per_second: number;
  /** The same route, validated and serialised, with nothing stored. */
  without_storage_per_second: number;
  ratio: number;
}

const connections = 64;
const rounds = 3;
/** Milliseconds of one round of one side, and of the first, which only warms the code of both up. */
const roundTime = 4000;
const warmUpTime = 3000;

/** Measures both sides in turns. @param say progress, one line each */
export async function benchPost(config: Readonly<Config>, say: (line: string) => void): Promise<PostFigures> {
  const server = await startServer(config);
  const bare = await startBare();
  try {
    const paths = await conversationPaths(server.app, connections);
    const figures: Record<'stored' | 'without', number[]> = { stored: [], without: [] };
    for (const port of [Number(new URL(server.app.url()).port), bare.port])
      await load({ port, paths, time: warmUpTime });
    for (let round = 0; round < rounds; round++) {
      const stored = await load({ port: Number(new URL(server.app.url()).port), paths, time: roundTime });
      const without = await load({ port: bare.port, paths, time: roundTime });
      figures.stored.push(stored);
      figures.without.push(without);
      say(`round ${round + 1}: ${Math.round(stored)}/s stored, ${Math.round(without)}/s without storage`);
    }
    const messages = toMedian(figures.stored);
    const without = toMedian(figures.without);
    return {
      section: 'post',
      database: server.app.db.dialect,
      connections,
      messages_per_second: Math.round(messages),
      without_storage_per_second: Math.round(without),
      ratio: ratioOf(messages, without),
    };
  } finally {
    await bare.close();
    await server.close();
  }
}

/** The same path, body and answer with Fastify alone: what the framework itself costs on this machine. */
async function startBare(): Promise<{ port: number; close(): Promise<void> }> {
  const http = Fastify({ logger: false });
  const { path, returns } = clientMessages.postMessage;
  let id = 0;
  const schema = {
    body: { type: 'object', properties: { content: { type: 'string' }, echo_id: { type: 'string' } } },
    response: { 200: returns },
  };
  http.post<{ Body: { content: string } }>(
    path.replaceAll(/\{(\w+)\}/g, ':$1'),
    { schema },
    async ({ body }) => ({
      id: ++id,
      content: body.content,
      message_type: 0,
      content_type: 'text',
      content_attributes: {},
      created_at: Math.floor(Date.now() / 1000),
      conversation_id: 1,
      sender: {
        additional_attributes: {},
        custom_attributes: {},
        email: null,
        id: 1,
        identifier: null,
        name: 'Ada',
        phone_number: null,
        thumbnail: '',
        blocked: false,
        type: 'contact',
      },
    }),
  );
  const url = await http.listen({ port: 0, host: '127.0.0.1' });
  return { port: Number(new URL(url).port), close: () => http.close() };
}
