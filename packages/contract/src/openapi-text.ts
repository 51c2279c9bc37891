/** Texts at the beginning of the OpenAPI documents: what each API is for, how requests are read, and what is bounded. */
import { FREE_FORM, MAX_BODY_LEVELS, MAX_NESTED_ATTRIBUTES, TRUNCATED } from './bounds.ts';

const client = `**Client API** (\`/public/api/v1\`): for the customer's side. The inbox identifier and the \`source_id\` of a contact
session are the credential; no token is read. The same endpoints answer under
\`/public/api/v1/channels/{inbox_identifier}/customers/{contact_identifier}\`.`;

const agent = `**Agent API** (\`/api/v1\`, \`/auth\`): for agents' tools, bots and bridges, with an access token or sign-in headers.`;

const reading = `Path, query and body are read as one set of fields, of which the path wins over the query and the query over
the body. Text of a query or a form is read as the type the field has, and a blank there is absent where the field admits none.
JSON has the types that its schema states, and a value of any other type is refused. Null in an optional field is absence. For the
sake of older clients, ids and unix seconds may also be digits in text. A field that the endpoint does not know is ignored beside
one that it knows. \`PUT\` does what \`PATCH\` does. A trailing slash or \`.json\` is dropped. Creating answers 200.

A body is read wholly or refused, never dropped:

- It is JSON, \`application/x-www-form-urlencoded\` or \`multipart/form-data\`. JSON is read as JSON also when its type is
  \`text/plain\`, any \`+json\`, that of a form (as \`curl -d\` sends it), or none; a part of multipart that is typed
  \`application/json\` is the JSON value of its field. Any other type is 415. An empty body is fine whatever its type, and \`null\` is one.
- A body of which no field is known is 422 naming the fields, as is a file in a field that takes none. Text or JSON where only
  files count, such as a data URL in \`attachments\`, is 422. A file input that was left empty is no file.
- Text is UTF-8, or in the charset that the body or its part declares (\`charset\`, \`_charset_\`); bytes that are not of it
  are 400, an unknown charset is 415. A byte order mark is skipped. NUL and halves of surrogate pairs are 422.
- \`Content-Encoding\` may be \`gzip\`, \`deflate\` or \`br\`; any other is 415. Limits of size count what comes out.
- A number that cannot be held exactly, such as one above 2^53 with more digits, is 422.`;

const freeForm = `A free-form object (attributes, settings, \`content_attributes\`, \`submitted_values\`, the \`query\` of a filter) holds, after
merging, at most ${FREE_FORM.maxBytes / 1024} kB of JSON in UTF-8, ${FREE_FORM.maxKeys} keys in each object, ${FREE_FORM.maxLevels} levels of objects and lists, the object itself
being the first, and keys of ${FREE_FORM.maxKeyLength} characters. More is refused with 422 that names the field, and nothing changes.
\`template_params\` and \`submitted_values\` are stored one level down, so they have one level less. A body that nests deeper
than ${MAX_BODY_LEVELS} levels is refused with 400.`;

const nested = `A contact inside a message, conversation, list, event or webhook shows at most ${MAX_NESTED_ATTRIBUTES / 1024} kB of each of its two attribute objects.
Answers about one contact show all. Events and webhooks about one contact show all when it is created or merged and when its
attributes change; after any other change, such as the last activity with each message, they show at most ${MAX_NESTED_ATTRIBUTES / 1024} kB.
A larger object is cut: in the order of its keys, each member that still fits is kept whole, and \`"${TRUNCATED}": true\` is
added. An object with that key cannot be stored.

When an agent merges two contacts whose attributes or labels do not fit together, the merge is refused with 422. When a
customer's request merges them, the surviving contact keeps its own, and takes of the other what there is room for.`;

const lists = `Lists of the agent API that page by number also say a \`next_cursor\`: sent as \`cursor\` in the place of \`page\`, with
everything else as before, it goes on right behind the last row. A page then costs the same however deep it is, and what
comes, moves or goes meanwhile makes no other row come twice or be left out. Messages go on by \`before\` and \`after\`,
deliveries by \`before\`, events by \`after\`.`;

const purpose = 'Conversations between a company and its customers.';
const spellings = `Where a field takes several spellings, its type is the one to send, and its description tells the others.`;

/** The description of the document with both APIs. */
export const description: string = [purpose, client, agent, reading, spellings, freeForm, nested, lists].join(
  '\n\n',
);

/** The description of the document with the Client API alone. */
export const clientDescription: string = [purpose, client, reading, spellings, freeForm].join('\n\n');
