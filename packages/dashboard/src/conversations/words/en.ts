export const en = {
  place: 'Conversations',
  listFailed: 'The conversations could not be loaded',
  noneOpen: 'No open conversations',
  noneOpenHelp: 'New ones appear here by themselves.',
} as const;
