/** Class names put together. */

/** Joins what is not empty: `classes('a', on && 'b')`. */
export const classes = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(' ');
