export const en = {
  title: 'Labels',
  lead: 'Labels sort conversations and customers by what they are about.',
  add: 'Add a label',
  edit: 'Edit label',
  failed: 'The labels could not be loaded',
  none: 'No labels yet',
  noneHelp: 'Begin with a few that everybody understands: refund, delivery, vip.',
  name: 'Title',
  nameHelp:
    'At least two letters, digits, hyphens or underscores; kept in lower case. Renaming follows through to everything labelled.',
  description: 'Description',
  color: 'Colour',
  sidebar: 'Show beside the conversations',
} as const;
