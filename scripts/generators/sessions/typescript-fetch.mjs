/** The session of the README by the client of `openapi-generator` `typescript-fetch`; the argument is its `index.ts`. */
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';

const { Configuration, ContactsClientApi, ConversationsClientApi, MessagesClientApi } = await import(
  pathToFileURL(process.argv[2]).href
);
const configuration = new Configuration({ basePath: process.env.HOORY_URL });
const inboxIdentifier = process.env.HOORY_INBOX;

const contacts = new ContactsClientApi(configuration);
const { sourceId } = await contacts.createContact({ inboxIdentifier, createContactInput: { name: 'Ana' } });
const session = { inboxIdentifier, contactIdentifier: sourceId };

const conversations = new ConversationsClientApi(configuration);
const { id } = await conversations.createConversation(session);
const conversation = { ...session, conversationId: id };

const messages = new MessagesClientApi(configuration);
const question = { ...conversation, postMessageInput: { content: 'Where is my order?', echoId: '1' } };
const first = await messages.postMessage(question);
const again = await messages.postMessage(question);
assert.equal(again.id, first.id);
const file = new File(['thanks'], 'receipt.txt', { type: 'text/plain' });
await messages.postMessageWithFiles({ ...conversation, content: 'My receipt', attachments: [file] });

const list = await messages.listMessages(conversation);
assert.deepEqual(
  list.map(({ content }) => content),
  ['Where is my order?', 'My receipt'],
);
assert.equal(list[0].sender.name, 'Ana');
assert.equal(list[1].attachments[0].fileType, 'file');
