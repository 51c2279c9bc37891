/** Sends a request with `XMLHttpRequest`, the only API of browsers that reports the progress of an upload. */
import { type FetchResponse, host, type Send, type SentRequest, type Xhr } from '../platform.ts';

/** Returns a replacement for `fetch` that calls `progress` with 0 to 1; undefined on platforms without `XMLHttpRequest`. */
export function uploader(progress: (done: number) => void): Send | undefined {
  const { XMLHttpRequest } = host;
  return XMLHttpRequest && ((url, request) => upload(new XMLHttpRequest(), url, request, progress));
}

function upload(xhr: Xhr, url: string, request: SentRequest, progress: (done: number) => void) {
  return new Promise<FetchResponse>((resolve, reject) => {
    xhr.onload = () => resolve(toResponse(xhr));
    xhr.onerror = reject;
    xhr.onabort = reject;
    xhr.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    xhr.open(request.method, url);
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value);
    request.signal.addEventListener('abort', () => xhr.abort());
    xhr.send(request.body);
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
