export const en = {
  saved: 'Saved filters',
  none: 'Narrow the list, and keep it here under a name.',
  failed: 'The saved filters could not be loaded',
  name: 'Name of this filter',
  keep: 'Save',
  edit: 'Change the filter {{name}}',
  editHelp: 'Change what is chosen above, the name, or both.',
  nameOnly: 'It was made elsewhere, of conditions that cannot be shown here. Its name can be changed.',
  remove: 'Delete the filter {{name}}',
  isChanged: 'Filter changed: {{name}}',
  isRemoved: 'Filter deleted: {{name}}',
  notChanged: 'The filter could not be changed',
} as const;
