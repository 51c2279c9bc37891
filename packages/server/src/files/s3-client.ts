/** Signed requests to a bucket of an S3-compatible service, its errors, and a reader for the XML of its responses. */
import type { AwsClient } from 'aws4fetch';
import type { S3Settings } from '../config.ts';
import { sha256 } from '../secrets.ts';

export interface S3Request {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** The object's path in the bucket; without one the request is for the bucket. */
  path?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

export interface S3Client {
  /** @throws Error with status and code of the service unless it succeeds */
  send(request: S3Request): Promise<Response>;
  /** Like `send`, but undefined for an object that does not exist. */
  find(request: S3Request): Promise<Response | undefined>;
}

/**
 * Opens a client; it loads the signer with its first request.
 * @param timeoutMs until the service has answered. Reading the body of the response may take longer: a slow browser downloads it
 */
export function openS3Client(settings: S3Settings, timeoutMs = 60_000): S3Client {
  let signer: AwsClient | undefined;

  async function request({ method, path = '', query = {}, headers, body }: S3Request): Promise<Response> {
    signer ??= await loadSigner(settings);
    const aws = signer;
    return untilAnswered(timeoutMs, (signal) =>
      aws.fetch(addressOf(settings, path, query), {
        method,
        headers: { ...headers, 'x-amz-content-sha256': sha256(body ?? '') },
        ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
        signal,
      }),
    );
  }

  const find: S3Client['find'] = async (options) => {
    const answer = await request(options);
    if (answer.ok) return answer;
    if (answer.status !== 404) throw await errorOf(options, answer);
    await answer.body?.cancel();
    return undefined;
  };

  return {
    find,
    send: async (options) => {
      const answer = await request(options);
      if (!answer.ok) throw await errorOf(options, answer);
      return answer;
    },
  };
}

async function loadSigner({ accessKeyId, secretAccessKey, region }: S3Settings): Promise<AwsClient> {
  const { AwsClient } = await import('aws4fetch');
  return new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 3 });
}

/** Limits the time until the headers of the response. `AbortSignal.timeout` would also abort the reading of the body. */
async function untilAnswered(
  timeoutMs: number,
  send: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const timeout = new AbortController();
  const timer = setTimeout(
    () => timeout.abort(new Error('The file store did not answer in time')),
    timeoutMs,
  );
  try {
    return await send(timeout.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** The URL of an object, with the bucket in the path or in the host name. */
function addressOf(
  { endpoint, bucket, pathStyle }: S3Settings,
  path: string,
  query: Record<string, string>,
): URL {
  const url = new URL(endpoint);
  const base = url.pathname.replace(/\/$/, '');
  if (pathStyle) url.pathname = `${base}/${bucket}/${path}`;
  else {
    url.hostname = `${bucket}.${url.hostname}`;
    url.pathname = `${base}/${path}`;
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

async function errorOf({ method }: S3Request, answer: Response): Promise<Error> {
  const [code = ''] = elementsOf(await answer.text().catch(() => ''), 'Code');
  return new Error(`The file store answered ${answer.status} ${code} to ${method}`);
}

/** The contents of all elements with this name, in order. Not a general XML parser: the responses read here have no attributes. */
export function elementsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, text = '']) =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  );
}
