/** Table of contents of the wire. */
export * from './endpoint.ts';
