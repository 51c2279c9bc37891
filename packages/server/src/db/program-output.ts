/** The end of what a program prints, for error messages. */
import type { Readable } from 'node:stream';

const maxLength = 2000;

/** Reads the stream to its end, as a pipe that nobody reads would stop the program. @returns what was printed last */
export function collectOutput(stream: Readable): () => string {
  let said = '';
  stream.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-maxLength);
  });
  return () => said.trim();
}
