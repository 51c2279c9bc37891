/** Prints the socket as AsyncAPI 3.1: commands and frames of `cable.ts`, events of `events.ts`. */
import type { TSchema } from 'typebox';
import { clientCommands, connectionQuery, serverFrames, subprotocols } from './cable.ts';
import { Components, type Json, pascal } from './components.ts';
import { events, transientEvents } from './events.ts';
import type { JsonSchema } from './schema.ts';
import { VERSION } from './version.ts';

const description = `Action Cable over WebSocket. Anyone may connect; a \`subscribe\` command with the \`pubsub_token\` of a contact session
or of an agent (with \`user_id\` and \`account_id\`) opens a room. The sub-protocol \`actioncable-v1-ext-json\` adds resuming:
frames carry positions, and \`history\` replays what came after one. Confirmations tell the position of every stream.

Every event arrives in a data frame: \`{"identifier":"...","message":{"event":"...","data":{...}}}\`.`;

/** Prints the socket as an AsyncAPI 3.1 document, seen from the server: it receives commands and sends frames. */
export function toAsyncApi(): Json {
  const parts = new Components({ withDiscriminators: false });
  const { data, ...control } = serverFrames;
  const received = messagesOf(parts, clientCommands, 'Command');
  const sent = { ...messagesOf(parts, control, 'Frame'), ...eventMessages(parts, data) };
  const messages = { ...received, ...sent };
  return {
    asyncapi: '3.1.0',
    info: { title: 'Hoory cable', version: VERSION, description, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: { hoory: { host: 'localhost:3000', protocol: 'ws' } },
    channels: {
      cable: {
        address: '/cable',
        description: `Sub-protocols: ${subprotocols.map((name) => `\`${name}\``).join(', ')}.`,
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: { ws: { method: 'GET', query: parts.print(connectionQuery) } },
      },
    },
    operations: {
      receiveCommands: operation('receive', 'What clients send', received),
      sendFrames: operation('send', 'What clients are sent', sent),
    },
    components: { messages, schemas: parts.schemas },
  };
}

type Messages = Record<string, Json>;

const operation = (action: 'receive' | 'send', summary: string, messages: Messages): Json => ({
  action,
  channel: { $ref: '#/channels/cable' },
  summary,
  messages: Object.keys(messages).map((name) => ({ $ref: `#/channels/cable/messages/${name}` })),
});

function messagesOf(parts: Components, schemas: Record<string, TSchema>, kind: string): Messages {
  const list = Object.entries(schemas).map(([key, schema]): [string, Json] => {
    const name = `${key}${kind}`;
    return [name, { name, payload: parts.print(schema) }];
  });
  return Object.fromEntries(list);
}

/** One message per audience and event: a data frame with that event's name and payload. */
function eventMessages(parts: Components, frame: TSchema): Messages {
  const { title: _, ...anonymous }: JsonSchema = frame;
  const list = Object.entries(events).flatMap(([audience, table]) =>
    Object.entries(table).map(([event, data]) => {
      const inner = {
        type: 'object',
        properties: { event: { type: 'string', const: event }, data },
        required: ['event', 'data'],
        additionalProperties: false,
      };
      const whole = { ...anonymous, properties: { ...anonymous.properties, message: inner } };
      const payload = parts.print(whole, `${pascal(audience)}${pascal(event)}Frame`);
      const kept = transientEvents.has(event)
        ? 'Not logged: whoever misses it gets no repeat.'
        : 'Logged and replayed.';
      return [
        `${audience}.${event}`,
        {
          name: event,
          title: `${event} for ${audience === 'agent' ? 'agents' : 'customers'}`,
          summary: kept,
          payload,
        },
      ] as const;
    }),
  );
  return Object.fromEntries(list);
}
