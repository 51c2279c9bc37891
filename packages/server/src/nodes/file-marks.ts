/**
 * Whether all nodes store uploads in the same folder: each node marks its folder with a file of its own, and looks for the marks of
 * the others. A mark in a common file would also be found in a copy of the folder.
 */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The marks in a folder of uploads. */
export interface FileMarks {
  add(node: string): Promise<void>;
  remove(node: string): Promise<void>;
  has(node: string): Promise<boolean>;
}

/** Age from which on a mark is not of a live node: a node renews its own with each start only, so this is generous. */
const staleMs = 30 * 86_400_000;

/** @param root the folder of uploads; the sweep leaves `.nodes` in it alone */
export function openFileMarks(root: string): FileMarks {
  const folder = join(root, '.nodes');
  const pathOf = (node: string) => join(folder, node);
  return {
    add: async (node) => {
      await mkdir(folder, { recursive: true });
      await removeStale(folder);
      await writeFile(pathOf(node), '');
    },
    // Without it, another node's start removes it some day.
    remove: (node) => rm(pathOf(node), { force: true }).catch(() => {}),
    has: (node) =>
      stat(pathOf(node)).then(
        () => true,
        () => false,
      ),
  };
}

/** Removes marks of nodes that were killed long ago. */
async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const stats = await stat(join(folder, name)).catch(() => undefined);
    if (stats && stats.mtimeMs < Date.now() - staleMs) await rm(join(folder, name), { force: true });
  }
}
