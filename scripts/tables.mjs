/**
 * Prints the types of all tables, `db/tables.ts`, and the columns that are read together, `db/columns.ts`, from the schema that
 * the migrations make on SQLite. What SQL does not say stands here: names of types, JSON, booleans.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pendingMigrations } from '../packages/server/src/db/migrations.ts';

/** The driver is a dependency of the server. */
const Database = createRequire(new URL('../packages/server/package.json', import.meta.url))('better-sqlite3');

/** Types whose names are not the singular of their table. */
const irregular = {
  installation: 'Installation',
  label_spellings_due: 'LabelSpellingDue',
  notification_settings: 'NotificationSettings',
};

/** Columns that hold JSON as text, by name. */
const json = new Set([
  'additional_attributes',
  'allowed_origins',
  'attribute_values',
  'auto_assignment_config',
  'bot_config',
  'cache_keys',
  'claims',
  'content_attributes',
  'csat_config',
  'custom_attributes',
  'echo_id',
  'email_flags',
  'folded_texts',
  'headers',
  'meta',
  'push_flags',
  'query',
  'settings',
  'subscription_attributes',
  'subscriptions',
  'ui_settings',
  'working_hours',
]);

/** Columns that are 0 or 1, by name. */
const flags =
  /^(is|has|enable|allow|lock)_|_enabled$|^(auto_offline|blocked|confirmed|hmac_verified|private|ready|replaces|show_on_sidebar)$/;

/** Columns that hold a word of a schema of the contract, with the type of the word. */
const words = {
  'accounts.status': "Account['status']",
  'account_users.role': 'Role',
  'account_users.availability': 'Availability',
  'custom_filters.filter_type': 'FilterType',
  'inboxes.identity_policy': 'IdentityPolicy',
  'inboxes.sender_name_type': 'SenderNameType',
  'contacts.contact_type': "ContactRecord['contact_type']",
  'conversations.status': 'ConversationStatus',
  'conversations.priority': 'Priority',
  'messages.message_type': 'MessageType',
  'messages.content_type': 'ContentType',
  'messages.status': 'MessageStatus',
  'messages.sender_type': 'SenderType',
  'attachments.file_type': "'image' | 'audio' | 'video' | 'file'",
  'notifications.notification_type': 'NotificationType',
  'notifications.secondary_actor_type': "'Message' | 'User'",
  'notification_subscriptions.subscription_type': "NotificationSubscription['subscription_type']",
  'custom_attribute_definitions.attribute_model': 'AttributeModel',
  'custom_attribute_definitions.attribute_display_type': 'AttributeDisplayType',
  'webhook_deliveries.status': 'DeliveryStatus',
  'webhook_deliveries.message_status': 'MessageStatus',
};

/** Folded copies of other columns: rows are read without them. */
const folded = {
  contacts: ['search_text', 'name_key', 'company_key', 'city_key', 'country_key', 'folded_texts'],
  conversations: ['folded_texts'],
};

/** Tables that are read in one row with others, each as an object (`nested` in `db/dialect.ts`). */
const nested = ['accounts', 'users', 'conversations', 'contact_inboxes', 'contacts'];

/** @returns the texts of both files */
export function toTables() {
  const tables = readTables();
  return { tables: printTables(tables), columns: printColumns(tables) };
}

function readTables() {
  const db = new Database(':memory:');
  for (const { sql } of pendingMigrations('sqlite', 0)) db.exec(sql);
  const purposes = readPurposes();
  const rows = db.prepare(`select name, sql from sqlite_master where type = 'table' order by rowid`).all();
  const tables = rows.map(({ name, sql }) => ({
    name,
    purpose: purposes.get(name),
    columns: db.pragma(`table_xinfo(${name})`).map((column) => ({
      ...column,
      comment: new RegExp(`((?:^ +--.*\\n)+) +${column.name} `, 'm').exec(sql)?.[1],
    })),
  }));
  db.close();
  return tables;
}

/** The comment above each `create table`. */
function readPurposes() {
  const folder = new URL('../packages/server/src/db/migrations/', import.meta.url);
  const files = readdirSync(folder).filter((file) => !file.endsWith('.postgres.sql'));
  const texts = files.map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const found = texts.flatMap((text) => [...text.matchAll(/((?:^--.*\n)+)create table (\w+)/gm)]);
  return new Map(found.map(([, comment, name]) => [name, comment]));
}

const toWords = (comment) =>
  comment
    .replaceAll(/^ *-- ?/gm, '')
    .trim()
    .replaceAll('\n', ' ');

const jsDoc = (comment, indent = '') => (comment ? `${indent}/** ${toWords(comment)} */\n` : '');

function printTables(tables) {
  const interfaces = tables.map(({ name, purpose, columns }) => {
    const own = columns.filter((column) => !folded[name]?.includes(column.name));
    return `${jsDoc(purpose)}export interface ${toTypeName(name)}Row {\n${own.map((column) => printColumn(name, column)).join('')}}\n`;
  });
  const foldedInterfaces = Object.entries(folded).map(([name, names]) => {
    const { columns } = tables.find((table) => table.name === name);
    const own = columns.filter((column) => names.includes(column.name));
    return `/** Columns of \`${name}\` that are folded copies of its others; null until the server has folded an older row. */
export interface Folded${toTypeName(name)}Columns {\n${own.map((column) => printColumn(name, column)).join('')}}\n`;
  });
  const entries = tables.map(({ name }) => {
    const copies = folded[name] ? ` & Folded${toTypeName(name)}Columns` : '';
    return `  ${name}: ${toTypeName(name)}Row${copies};\n`;
  });
  return `/** The rows of all tables. Printed from the migrations by \`npm run docs\`; see \`scripts/tables.mjs\`. */
${printImport()}
/** JSON as text: \`free-form.ts\` reads and writes the objects of clients. */
export type Json = string;

/** 0 or 1. */
export type Flag = number;

${[...interfaces, ...foldedInterfaces].join('\n')}
export interface Tables {\n${entries.join('')}}\n`;
}

function printImport() {
  const names = Object.values(words).flatMap((type) => /^[A-Z]\w*/.exec(type) ?? []);
  return `import type {\n${[...new Set(names)]
    .sort()
    .map((name) => `  ${name},\n`)
    .join('')}} from '@hoory/contract';\n`;
}

const printColumn = (table, { name, type, notnull, pk, comment }) =>
  `${jsDoc(comment, '  ')}  ${name}: ${words[`${table}.${name}`] ?? toType(name, type)}${notnull || pk ? '' : ' | null'};\n`;

function toType(name, type) {
  if (type.toLowerCase() === 'blob') return 'Buffer';
  if (type.toLowerCase() === 'text') return json.has(name) ? 'Json' : 'string';
  return flags.test(name) ? 'Flag' : 'number';
}

function toTypeName(table) {
  const singular = table
    .replace(/ies$/, 'y')
    .replace(/(x|sh)es$/, '$1')
    .replace(/s$/, '');
  return irregular[table] ?? singular.replaceAll(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());
}

function printColumns(tables) {
  const entries = nested.map((name) => {
    const { columns } = tables.find((table) => table.name === name);
    const names = columns.map((column) => column.name).filter((column) => !folded[name]?.includes(column));
    return `  ${name}: [\n${names.map((column) => `    '${column}',\n`).join('')}  ],\n`;
  });
  return `/**
 * Columns of the tables that are read together in one row, each table as an object (\`nested\` in \`dialect.ts\`). Printed from the
 * migrations by \`npm run docs\`; see \`scripts/tables.mjs\`.
 */
export const columnsOf = {\n${entries.join('')}} as const;\n`;
}
