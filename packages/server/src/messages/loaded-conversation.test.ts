import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, startTestServer, type TestServer } from '../../test/server.ts';
import { lockConversation } from './loaded-conversation.ts';

describe.each(engines)('a loaded conversation on %s', (engine) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ engine });
  });
  afterAll(() => server.stop());

  it('is not_found when it was deleted before it could be locked', () =>
    expect(server.app.db.write((tx) => lockConversation(tx, 999))).rejects.toMatchObject({
      code: 'not_found',
    }));
});
