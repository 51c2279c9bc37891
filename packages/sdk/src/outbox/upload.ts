/** `fetch` for uploads: tells how far it is where the platform can (`XMLHttpRequest`). */
import {
  type Fetch,
  type FetchInit,
  type FetchResponse,
  host,
  type SignalLike,
  type Xhr,
} from '../platform.ts';

/** Undefined where only `fetch` exists. `progress` gets 0 to 1. */
export function uploader(progress: (done: number) => void): Fetch | undefined {
  const { XMLHttpRequest } = host;
  return XMLHttpRequest && ((url, init = {}) => upload(new XMLHttpRequest(), url, init, progress));
}

function upload(xhr: Xhr, url: string, init: FetchInit, progress: (done: number) => void) {
  return new Promise<FetchResponse>((resolve, reject) => {
    const fail = () => reject(new Error('The upload failed'));
    xhr.onload = () => resolve(toResponse(xhr));
    xhr.onerror = fail;
    xhr.onabort = fail;
    xhr.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    xhr.open(init.method ?? 'POST', url);
    for (const [name, value] of Object.entries(init.headers as Record<string, string>)) {
      xhr.setRequestHeader(name, value);
    }
    (init.signal as SignalLike | undefined)?.addEventListener('abort', () => xhr.abort());
    xhr.send(init.body);
  });
}

function toResponse(xhr: Xhr): FetchResponse {
  return {
    ok: xhr.status >= 200 && xhr.status < 300,
    status: xhr.status,
    headers: { get: (name) => xhr.getResponseHeader(name) },
    text: async () => xhr.responseText,
  };
}
