/** How open requests are shared among endpoints, by counts. */
import { describe, expect, it, vi } from 'vitest';
import type { WebhookDeliveryRow } from '../db/tables.ts';
import { OpenRequests } from './open-requests.ts';
import { freeSlots, maxOpenOf, shareSlots } from './slots.ts';

const limitsOf = (claims: readonly { endpoint: string; limit: number }[]) =>
  Object.fromEntries(claims.map(({ endpoint, limit }) => [endpoint, limit]));

describe('free slots', () => {
  it('are shared evenly, whatever the order of the endpoints', () => {
    const endpoints = ['a', 'b', 'c'].map((endpoint) => ({ endpoint, open: 0, most: 32 }));
    expect(limitsOf(shareSlots(endpoints, 9))).toEqual({ a: 3, b: 3, c: 3 });
  });

  it('go first to the endpoints with the fewest requests', () => {
    const endpoints = [
      { endpoint: 'a', open: 20, most: 32 },
      { endpoint: 'b', open: 0, most: 32 },
      { endpoint: 'c', open: 4, most: 32 },
    ];
    expect(limitsOf(shareSlots(endpoints, 10))).toEqual({ b: 7, c: 3 });
  });

  it('never exceed what an endpoint may have', () => {
    const endpoints = [
      { endpoint: 'failing', open: 1, most: 2 },
      { endpoint: 'full', open: 9, most: 8 },
      { endpoint: 'working', open: 0, most: 8 },
    ];
    expect(limitsOf(shareSlots(endpoints, 256))).toEqual({ failing: 1, working: 8 });
    expect(shareSlots(endpoints, 0)).toEqual([]);
  });

  it('are not taken by slow requests, up to a bound', () => {
    expect(freeSlots({ open: 256, slow: 0 })).toBe(0);
    expect(freeSlots({ open: 300, slow: 100 })).toBe(56);
    expect(freeSlots({ open: 1024, slow: 1024 })).toBe(0);
  });
});

describe('an endpoint', () => {
  it.each([
    ['works', 'webhook:1', 0, false, 8],
    ['answers quickly', 'webhook:1', 0, true, 32],
    ['fails', 'webhook:1', 1, true, 2],
    ['rested', 'webhook:1', 10, true, 1],
    ['is a bot that fails', 'bot:1', 99, false, 8],
  ])('that %s has a bound of its own', (_, endpoint, failures, isQuick, most) => {
    expect(maxOpenOf({ endpoint, failures, isQuick })).toBe(most);
  });
});

describe('open requests', () => {
  const deliveryTo = (endpoint: string): WebhookDeliveryRow => ({
    id: 1,
    delivery_id: '',
    account_id: 1,
    endpoint,
    event: 'message_created',
    conversation_id: null,
    display_id: null,
    message_id: null,
    message_status: null,
    contact_id: null,
    payload: '{}',
    status: 'pending',
    is_transient: 0,
    attempts: 0,
    next_attempt_at: 0,
    claim: null,
    last_attempt_at: null,
    settled_at: null,
    response_status: null,
    response_body: null,
    error: null,
    created_at: 0,
    pack_id: null,
  });
  const most = (requests: OpenRequests, endpoint: string) => requests.slotsOf({ endpoint, failures: 0 }).most;

  it('of endpoints that never answer free their slots for others', async () => {
    const requests = new OpenRequests({ now: () => 0 });
    for (let nth = 0; nth < 256; nth++)
      void requests.start(deliveryTo(`webhook:${nth % 32}`), () => new Promise(() => {}));
    expect(requests.free).toBe(0);
    expect(requests.slotsOf({ endpoint: 'webhook:1', failures: 0 })).toMatchObject({ open: 8, most: 8 });
    await vi.waitFor(() => expect(requests.free).toBe(256), { timeout: 30_000 });
  });

  it('are more while the endpoint answers quickly, until it fails', async () => {
    const requests = new OpenRequests({ now: () => 0 });
    await requests.start(deliveryTo('webhook:1'), async () => true);
    expect([most(requests, 'webhook:1'), most(requests, 'webhook:2')]).toEqual([32, 8]);
    await requests.start(deliveryTo('webhook:1'), async () => false);
    expect(most(requests, 'webhook:1')).toBe(8);
  });

  it('are fewer again once it answers slowly', async () => {
    const requests = new OpenRequests({ now: () => 0 });
    await requests.start(deliveryTo('webhook:1'), async () => true);
    let answer = (_isSuccess: boolean) => {};
    const slow = requests.start(deliveryTo('webhook:1'), () => new Promise((resolve) => (answer = resolve)));
    expect(requests.free).toBe(255);
    await vi.waitFor(() => expect(requests.free).toBe(256), { timeout: 30_000 });
    answer(true);
    await slow;
    expect(most(requests, 'webhook:1')).toBe(8);
  });
});
