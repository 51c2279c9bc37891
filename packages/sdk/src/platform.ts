/**
 * Globals of the platform: browser, Node, React Native. No other file reads a global. The types are written out here, so that
 * the package needs neither the types of the DOM nor those of Node.
 */

export interface FetchInit {
  method?: string;
  headers?: unknown;
  body?: unknown;
  signal?: unknown;
}

export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** `fetch`, as every runtime has it. Taken from a method so that the runtimes' stricter types fit as well. */
export type Fetch = { fetch(url: string, init?: FetchInit): Promise<FetchResponse> }['fetch'];

/** A request as the SDK sends it. */
export interface SentRequest {
  method: string;
  headers: Record<string, string>;
  /** JSON text or a `FormData`. */
  body: unknown;
  signal: SignalLike;
}

/** Sends a request. Every `fetch` can; `uploader` makes one that reports progress. */
export type Send = (url: string, request: SentRequest) => Promise<FetchResponse>;

/** An open or opening WebSocket: the browser's, Node's, React Native's or one of the package `ws`. */
export interface SocketLike {
  readonly protocol: string;
  addEventListener(
    type: string,
    listener: (event: { readonly type: string; readonly data?: unknown }) => void,
  ): void;
  send(text: string): void;
  close(code?: number): void;
}

export type SocketConstructor = new (url: string, protocols?: string[]) => SocketLike;

/** `localStorage`, React Native's `AsyncStorage`, or anything else with these three methods. */
export interface KeyValueStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

/** A `Blob` or a `File`. */
export interface BlobLike {
  readonly size: number;
  readonly type: string;
  readonly name?: string;
}

/** A file to send: a `Blob` or `File`, or React Native's `{ uri, name, type }`. */
export type FileLike = BlobLike | { readonly uri: string; readonly name: string; readonly type?: string };

/** An `AbortSignal`. */
export interface SignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface FormLike {
  append(name: string, value: unknown, filename?: string): void;
}

/** `XMLHttpRequest`: still the only way to see an upload's progress. */
export interface Xhr {
  readonly status: number;
  readonly responseText: string;
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null };
  onload: (() => void) | null;
  onerror: ((event: unknown) => void) | null;
  onabort: ((event: unknown) => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  send(body: unknown): void;
  abort(): void;
}

/** `navigator.locks`. */
export interface LockManager {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
  request<T>(name: string, options: { ifAvailable: true }, work: (lock: unknown) => Promise<T>): Promise<T>;
}

export type Timer = unknown;

interface Host {
  fetch?: Fetch;
  WebSocket?: SocketConstructor;
  XMLHttpRequest?: new () => Xhr;
  FormData: new () => FormLike;
  AbortController: new () => { readonly signal: SignalLike; abort(): void };
  localStorage?: KeyValueStorage;
  navigator?: { readonly locks?: LockManager };
  document?: { readonly visibilityState: string; addEventListener?: Host['addEventListener'] };
  crypto?: { getRandomValues(bytes: Uint8Array): Uint8Array };
  setTimeout(work: () => void, ms: number): Timer;
  clearTimeout(timer: Timer): void;
  addEventListener?(type: string, listener: (event: unknown) => void): void;
  removeEventListener?(type: string, listener: (event: unknown) => void): void;
}

export const host = globalThis as unknown as Host;

/** Resolves after `ms` milliseconds, or at once when `signal` aborts. */
export function sleep(ms: number, signal?: SignalLike): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      host.clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = host.setTimeout(wake, signal?.aborted ? 0 : ms);
    signal?.addEventListener('abort', wake);
  });
}

/** 128 random bits in base 16. Falls back to `Math.random` where the platform has no `crypto`. */
export function randomKey(): string {
  const bytes = new Uint8Array(16);
  if (hasCrypto()) host.crypto!.getRandomValues(bytes);
  else for (let i = 0; i < bytes.length; i++) bytes[i] = Math.random() * 256;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether `randomKey` is hard to guess here (React Native has no `crypto` unless the app adds one). */
export function hasCrypto(): boolean {
  return typeof host.crypto?.getRandomValues === 'function';
}

/** Calls `changed` when another tab writes to `localStorage`. Returns the function that stops it. */
export const onStorage = (changed: () => void): (() => void) => listen('storage', changed);

/** Calls `wake` when the network or the page comes back. Returns the function that stops it. */
export function onWake(wake: () => void): () => void {
  const stopOnline = listen('online', wake);
  // `visibilitychange` bubbles from the document to the window.
  const stopVisible = listen('visibilitychange', () => {
    if (host.document?.visibilityState !== 'hidden') wake();
  });
  return () => {
    stopOnline();
    stopVisible();
  };
}

function listen(type: string, listener: () => void): () => void {
  host.addEventListener?.(type, listener);
  return () => host.removeEventListener?.(type, listener);
}
