/** An S3 service with one empty bucket, on a free port. It checks every signature. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import type { S3Settings } from '../src/config.ts';

export interface Bucket {
  settings: S3Settings;
  /** The same as a server is given them. */
  env: Record<string, string>;
  /** Names of what lies in it. */
  contents(): string[];
  /** Also when it is closed already. */
  close(): Promise<void>;
}

export async function openBucket(): Promise<Bucket> {
  const directory = mkdtempSync(join(tmpdir(), 'hoory-bucket-'));
  const service = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: 'hoory-files' }],
  });
  const { port } = await service.run();
  const settings: S3Settings = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    bucket: 'hoory-files',
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
    pathStyle: true,
  };
  let closed: Promise<void> | undefined;
  return {
    settings,
    env: {
      S3_ENDPOINT: settings.endpoint,
      S3_BUCKET: settings.bucket,
      S3_ACCESS_KEY_ID: settings.accessKeyId,
      S3_SECRET_ACCESS_KEY: settings.secretAccessKey,
    },
    contents: () =>
      readdirSync(join(directory, settings.bucket), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('._S3rver_object'),
      ),
    close: () => {
      closed ??= service.close().then(() => rmSync(directory, { recursive: true, force: true }));
      return closed;
    },
  };
}
