/** Code that connects a chat to one inbox, with its real identifier and the server's real address. */
export const snippetNames = ['curl', 'sdk', 'embed', 'flutter'] as const;
export type SnippetName = (typeof snippetNames)[number];

/** Values that are filled into the code. */
interface SnippetOptions {
  /** Address of the server. */
  base: string;
  inbox_identifier: string;
}

/** The code for each kind of client, ready to run. */
export function snippetsOf({ base, inbox_identifier }: SnippetOptions): Record<SnippetName, string> {
  return {
    curl: `API=${base}/public/api/v1/inboxes/${inbox_identifier}

# a customer; the source_id in the answer is their secret
SESSION=$(curl -s $API/contacts -d name=Ana | sed 's/.*"source_id":"\\([^"]*\\)".*/\\1/')

# a conversation
CONVERSATION=$(curl -s -X POST $API/contacts/$SESSION/conversations | sed 's/^{"id":\\([0-9]*\\).*/\\1/')

# a message; sent again with the same echo_id it stays one message
curl -s $API/contacts/$SESSION/conversations/$CONVERSATION/messages -d content='Where is my order?' -d echo_id=1`,
    sdk: `import { createClient } from '@hoory/client';

const client = createClient({ base: '${base}', inbox: '${inbox_identifier}' });
const conversation = client.conversation();
conversation.subscribe(() => console.log(conversation.getState().messages));

await client.open();
conversation.send('Where is my order?');`,
    embed: `<script src="${base}/chat.js" data-inbox="${inbox_identifier}" defer></script>`,
    flutter: `import 'package:chatwoot_sdk/chatwoot_sdk.dart';

ChatwootChatDialog.show(
  context,
  baseUrl: '${base}',
  inboxIdentifier: '${inbox_identifier}',
  title: 'Support',
  user: ChatwootUser(name: 'Ana', email: 'ana@example.com'),
);`,
  };
}
