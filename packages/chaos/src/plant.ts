/** Faults that the checker must find. For the tests of the harness alone, which name them in an environment variable. */
import { openReader } from './stored/read-database.ts';
import type { System } from './system/system.ts';

/** `lost-frame`: a client of the base protocol does not get one frame. `lost-row`: a stored message is deleted. */
export const plants = ['lost-frame', 'lost-row'] as const;
export type Plant = (typeof plants)[number];

export const readPlant = (text: string | undefined): Plant | undefined =>
  plants.find((plant) => plant === text);

/** While people work. Resolves when the frame is lost. */
export async function loseFrame({ links }: System): Promise<void> {
  await Promise.race(links.map((link) => link.swallow('said:')));
}

/** When everybody has everything, behind the server's back. */
export async function loseRow({ database }: System): Promise<void> {
  const reader = await openReader(database, { writes: true });
  try {
    await reader.read(
      'delete from messages where id = (select min(id) from messages where message_type = 0)',
    );
  } finally {
    await reader.close();
  }
}
