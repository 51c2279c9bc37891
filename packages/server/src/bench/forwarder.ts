/** Fastify and `ws` alone: checks a posted message, answers it and sends it to every socket. Nothing is stored. */
import { clientMessages } from '@hoory/contract';
import Fastify from 'fastify';
import { WebSocketServer } from 'ws';
import { sampleMessage } from './fixture.ts';

/** @returns the port */
export async function startForwarder(): Promise<number> {
  const http = Fastify({ logger: false });
  const { clients } = new WebSocketServer({ server: http.server, perMessageDeflate: false });
  const { path, returns } = clientMessages.postMessage;
  const schema = {
    body: { type: 'object', properties: { content: { type: 'string' }, echo_id: { type: 'string' } } },
    response: { 200: returns },
  };
  http.post<{ Body: { content: string; echo_id: string } }>(
    path.replaceAll(/\{(\w+)\}/g, ':$1'),
    { schema },
    async ({ body }) => {
      const data = { ...sampleMessage, ...body };
      const frame = JSON.stringify({ identifier: '', message: { event: 'message.created', data } });
      for (const socket of clients) socket.send(frame);
      return data;
    },
  );
  return Number(new URL(await http.listen({ port: 0, host: '127.0.0.1' })).port);
}
