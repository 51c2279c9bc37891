export const en = {
  title: 'Canned responses',
  lead: 'Answers that you give often. Type / and the code in a reply.',
  add: 'Add a response',
  edit: 'Edit response',
  failed: 'The canned responses could not be loaded',
  none: 'No canned responses yet',
  noneHelp: 'Write down what you say ten times a day: opening hours, shipping, how to return.',
  code: 'Code',
  codeHelp: 'What you type after the slash.',
  content: 'Text',
  contentHelp: 'contact.name and agent.name in double braces are filled in when it is sent.',
} as const;
