/** Checks of the services beside the database: mail server, bucket, Redis. */
import type { Config, S3Settings } from '../config.ts';
import { openS3Client } from '../files/s3-client.ts';
import { sendNow, verifyMailServer } from '../mail/mail.ts';
import { openRedis, type Redis } from '../redis/redis.ts';
import { newUuid } from '../secrets.ts';
import { type Check, failed, ok, skipped, type Verdict, warning } from './findings.ts';

const noMail = 'SMTP_URL is not set: no e-mails are sent';

/** @param to the address of a test e-mail; without it the connection alone is checked */
export const mailCheck = ({ smtpUrl, url }: Pick<Config, 'smtpUrl' | 'url'>, to?: string): Check => ({
  name: 'mail',
  breaks:
    'Invitations, forgotten passwords, notifications and transcripts are not sent; they are tried again for a day',
  change: 'SMTP_URL=smtp://user:password@host:587',
  run: async () => {
    if (!smtpUrl) return to === undefined ? skipped(noMail) : noMailFor(to);
    const { host } = new URL(smtpUrl);
    if (to === undefined) {
      await verifyMailServer(smtpUrl);
      return ok(`The mail server ${host} accepts this server`);
    }
    await sendNow({ smtpUrl, url }, { to, subject: 'Test e-mail of Hoory', text: textOfTest(url) });
    return ok(`The mail server ${host} has accepted an e-mail to ${to}: look whether it arrives`);
  },
});

const noMailFor = (to: string): Verdict =>
  failed({
    found: `SMTP_URL is not set: no e-mail was sent to ${to}`,
    breaks: 'Nobody receives invitations, passwords or notifications',
    change: 'SMTP_URL=smtp://user:password@host:587',
  });

const textOfTest = (url: string): string =>
  `This is a test e-mail of the Hoory at ${url}.\n\nIt was sent by \`hoory doctor --mail\`. Nothing has to be done.\n`;

const bucketTimeoutMs = 8000;

export const filesCheck = (s3: S3Settings | undefined): Check => ({
  name: 'files',
  breaks: 'Files cannot be sent, and those of older messages cannot be opened',
  change: 'S3_ENDPOINT, S3_REGION, S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY',
  run: () =>
    s3 ? checkBucket(s3) : Promise.resolve(skipped('S3_BUCKET is not set: files are in HOORY_DATA')),
});

/** Writes, reads and deletes a small object. */
async function checkBucket(s3: S3Settings): Promise<Verdict> {
  const client = openS3Client(s3, bucketTimeoutMs);
  const path = `doctor/${newUuid()}`;
  const body = `doctor ${newUuid()}`;
  await client.send({ method: 'PUT', path, body });
  const read = await client.send({ method: 'GET', path });
  const isSame = (await read.text()) === body;
  await client.send({ method: 'DELETE', path });
  const { bucket } = s3;
  if (isSame) return ok(`The bucket ${bucket} takes, gives and deletes objects`);
  return failed({
    found: `The bucket ${bucket} gave other bytes than it was sent`,
    breaks: 'Files arrive damaged',
    change: 'S3_ENDPOINT must lead to the service itself, not to something that changes content',
  });
}

const redisTimeoutMs = 5000;
/** Pub/sub on a cluster is sharded since this version; older single servers do. */
const oldestOfCluster = 7;

export const redisCheck = (redisUrl: string | undefined): Check => ({
  name: 'redis',
  breaks: 'Nodes notice each other’s events up to a second later, and count rate limits each for itself',
  change: 'REDIS_URL=redis://user:password@host:6379',
  run: async () => {
    if (!redisUrl) return skipped('REDIS_URL is not set: one node, or several that read the log');
    const redis = await openRedis(redisUrl, redisTimeoutMs);
    try {
      return await judgeRedis(redis);
    } finally {
      redis.close();
    }
  },
});

export async function judgeRedis(redis: Redis): Promise<Verdict> {
  const info = await redis.commands.info('server');
  const version = /redis_version:(\S+)/.exec(info)?.[1] ?? 'of unknown version';
  if (redis.isCluster && Number.parseInt(version, 10) < oldestOfCluster)
    return failed({
      found: `The Redis cluster is ${version}, sharded pub/sub needs 7 or newer`,
      breaks: 'Nodes do not hear each other through Redis',
      change: 'Upgrade the cluster, or set REDIS_URL to a single Redis',
    });
  const start = performance.now();
  const isHeard = await hearsItself(redis);
  const tookMs = performance.now() - start;
  const name = redis.isCluster ? `The Redis cluster ${version}` : `Redis ${version}`;
  if (isHeard) return ok(`${name} answers, and a notice arrives within ${Math.ceil(tookMs)} ms`);
  return warning({
    found: `${name} answers, but no notice arrived that was published`,
    breaks: 'Nodes notice each other’s events up to a second later',
    change: 'Allow publish and subscribe in the ACL of the user of REDIS_URL',
  });
}

const noticeTimeoutMs = 3000;

/** Whether a notice that is published arrives at a subscriber. */
async function hearsItself(redis: Redis): Promise<boolean> {
  const channel = `hoory:doctor:${newUuid()}`;
  const subscriber = redis.newSubscriber();
  try {
    return await new Promise<boolean>((resolve, reject) => {
      setTimeout(() => resolve(false), noticeTimeoutMs).unref();
      subscriber.on(redis.isCluster ? 'smessage' : 'message', () => resolve(true));
      const subscribed = redis.isCluster ? subscriber.ssubscribe(channel) : subscriber.subscribe(channel);
      subscribed
        .then(() =>
          redis.isCluster
            ? redis.commands.spublish(channel, 'heard')
            : redis.commands.publish(channel, 'heard'),
        )
        .catch(reject);
    });
  } finally {
    subscriber.disconnect();
  }
}
