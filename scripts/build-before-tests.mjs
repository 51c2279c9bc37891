/** Run by vitest once before all tests: those that start the server as a process, or load the SDK into a page, find them built from these sources. */
import { build, partsOfServer } from './build.mjs';

export async function setup() {
  await build([...partsOfServer, 'sdk']);
}
