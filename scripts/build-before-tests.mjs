/** Run by vitest once before all tests: those that start the server as a process find it built from these sources. */
import { build, partsOfServer } from './build.mjs';

export async function setup() {
  await build(partsOfServer);
}
