/** The opaque id of a stream on the wire, the same on every node, on the cable and in the feed (cable.md D.2). */
import type { App } from '../app.ts';
import { hmacName } from '../secrets.ts';

export const streamIdOf = ({ installation }: Pick<App, 'installation'>, stream: string): string =>
  hmacName(installation.key, `stream ${stream}`, 16);
