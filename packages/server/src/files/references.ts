/** Rows that refer to stored files. */

/** Every column that refers to a stored file. The sweep would delete the files of a column that is missing here. */
export const fileColumns = [
  { table: 'attachments', column: 'file_key' },
  { table: 'attachments', column: 'thumb_key' },
  { table: 'blobs', column: 'file_key' },
] as const;

/** SQL of the keys of all files that rows refer to, each once. */
export const allFileKeys = fileColumns
  .map(({ table, column }) => `select ${column} as key from ${table} where ${column} is not null`)
  .join(' union ');
