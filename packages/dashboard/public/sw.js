/**
 * The desk's service worker. It keeps the page and its assets, so that the desk opens while the server is away, and shows
 * notifications where pages may not. It never touches what the desk asks of the server.
 */
const page = '/app/';
const assets = '/app/assets/';
const kept = 'desk';
/** Assets kept at most: those of older builds go first. */
const most = 200;

self.addEventListener('install', (event) => {
  self.skipWaiting();
  // Where the browser knows how, nothing else even wakes the worker.
  event.addRoutes?.([{ condition: { not: { urlPattern: '/app/*' } }, source: 'network' }]);
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pathname.startsWith(page)) event.respondWith(openPage(request));
  else if (pathname.startsWith(assets)) event.respondWith(openAsset(request));
});

/** As the server has it; as it was where the server does not answer. */
async function openPage(request) {
  const cache = await caches.open(kept);
  try {
    const answer = await fetch(request);
    if (answer.ok && answer.headers.get('content-type')?.startsWith('text/html'))
      await cache.put(page, answer.clone());
    if (answer.status < 500) return answer;
    return (await cache.match(page)) ?? answer;
  } catch (error) {
    const old = await cache.match(page);
    if (!old) throw error;
    return old;
  }
}

/** Its name carries a hash of what is in it: what was kept once is right for ever. */
async function openAsset(request) {
  const cache = await caches.open(kept);
  const old = await cache.match(request);
  if (old) return old;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    const all = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(assets));
    await Promise.all(all.slice(0, Math.max(0, all.length - most)).map((one) => cache.delete(one)));
  }
  return answer;
}

/** Leads to the conversation, in a desk that is open or in a new one. */
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data));
});

async function lead(conversation_id) {
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const desk = open.find(({ url }) => new URL(url).pathname.startsWith('/app'));
  if (!desk) return self.clients.openWindow(`${page}conversations/${conversation_id}`);
  await desk.focus();
  desk.postMessage({ conversation_id });
}
