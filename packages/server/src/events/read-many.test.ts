/** Reads of the log for many sockets give each of them what a read of its own gives, with a few statements for all. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../test/fixtures/random.ts';
import { logEvent } from '../../test/log-event.ts';
import { engines, type Fresh, freshConfig } from '../../test/server.ts';
import { openApp } from '../main.ts';
import { streamOf } from './emit.ts';
import { packLog } from './pack.ts';
import { readAfter, readHeads } from './read.ts';
import { readHeadsOfMany, readMissed } from './read-many.ts';

const streamCount = 100;
const names = Array.from({ length: streamCount }, (_, index) => streamOf.session(index + 1));

describe.each(engines)('reads of many streams on %s', (engine) => {
  let fresh: Fresh;
  let app: Awaited<ReturnType<typeof openApp>>;
  let statements = 0;
  const random = createRandom(16);

  beforeEach(async () => {
    fresh = await freshConfig(engine);
    const onStatement = ({ within }: { within: string }) => {
      if (within === 'read') statements++;
    };
    app = await openApp(fresh.config, undefined, { onStatement });
    await app.db.write(async (tx) => {
      for (let n = 0; n < 400; n++) {
        const streams = [...new Set([names[random(streamCount)] ?? '', names[random(20)] ?? ''])];
        logEvent(tx, 'message.created', [{ streams, data: { n, text: `line\nof ${n}` } }]);
      }
    });
  });
  afterEach(async () => {
    await app.close();
    await fresh.release();
  });

  const readTogether = (inputs: readonly { stream: string; after: number }[]) =>
    Promise.all(inputs.map((input) => app.db.readMany(readMissed, input)));
  const inputs = () => [
    ...names.map((stream) => ({ stream, after: random(6) })),
    // Several sockets of one stream, at one position and at different ones, and a stream without events.
    ...[0, 0, 2, 3].map((after) => ({ stream: names[0] ?? '', after })),
    { stream: 'session:0', after: 0 },
  ];

  it('find the entries after each position', async () => {
    const asked = inputs();
    const alone = await Promise.all(asked.map(({ stream, after }) => readAfter(app.db, stream, after, 1000)));
    expect(alone.flat().length).toBeGreaterThan(streamCount);
    expect(await readTogether(asked)).toEqual(alone);
  });

  it('find packed entries too', async () => {
    const asked = inputs();
    const before = await readTogether(asked);
    expect(await packLog(app.db, app.now() + 3_600_000)).toBeGreaterThan(0);
    expect(await readTogether(asked)).toEqual(before);
  });

  it('take a few statements, whatever the number of streams', async () => {
    statements = 0;
    await readTogether(names.map((stream) => ({ stream, after: 0 })));
    expect(statements).toBeLessThanOrEqual(4);
    statements = 0;
    const heads = await Promise.all(
      names.map((name) => app.db.readMany(readHeadsOfMany, [name, names[0] ?? ''])),
    );
    expect(statements).toBe(1);
    const all = await readHeads(app.db, names);
    for (const [index, found] of heads.entries())
      for (const name of [names[index] ?? '', names[0] ?? '']) expect(found.get(name)).toEqual(all.get(name));
  });
});
