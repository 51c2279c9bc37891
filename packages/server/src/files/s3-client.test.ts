import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { openS3Client } from './s3-client.ts';

const timeoutMs = 1000;
let close = () => {};
afterEach(() => close());

/** A client of a service that answers every request with `answer`. */
async function openClient(answer: (response: ServerResponse) => void) {
  const service = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
  await once(service, 'listening');
  close = () => {
    service.closeAllConnections();
    service.close();
  };
  const address = service.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const settings = { region: 'us-east-1', bucket: 'files', accessKeyId: 'id', secretAccessKey: 'secret' };
  return openS3Client({ ...settings, endpoint: `http://127.0.0.1:${port}`, pathStyle: true }, timeoutMs);
}

describe('a request to S3', () => {
  it('is not aborted while its body is read, however long that takes', async () => {
    const client = await openClient((response) => {
      response.write('first, ');
      setTimeout(() => response.end('last'), 2 * timeoutMs);
    });
    const answer = await client.send({ method: 'GET', path: 'file' });
    expect(await answer.text()).toBe('first, last');
  });

  it('is aborted when the service does not answer', async () => {
    const client = await openClient(() => {});
    await expect(client.send({ method: 'GET', path: 'file' })).rejects.toThrow('did not answer in time');
  });
});
