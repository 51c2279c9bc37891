import { describe, expect, it } from 'vitest';
import type { SessionCaller } from '../caller.ts';
import { openCallerCache } from './caller-cache.ts';

/** A session in a conversation of its own, unless said otherwise. */
function caller({ session_id = 7, owner = 0, text = '{}' } = {}): SessionCaller {
  return {
    kind: 'session',
    inbox: { id: 1, additional_attributes: '{}' },
    session: { id: session_id, claims: '{}' },
    contact: { id: 3, additional_attributes: text, custom_attributes: '{}' },
    conversation: { id: 5, contact_id: 3, contact_inbox_id: owner || session_id },
  } as SessionCaller;
}

describe('cached sessions', () => {
  it('are the sessions loaded last, marked as cached', () => {
    const cache = openCallerCache();
    cache.set('a', caller());
    cache.set('a', caller({ session_id: 8 }));
    expect(cache.get('a')).toEqual({ ...caller({ session_id: 8 }), isCached: true });
    cache.set('a', undefined);
    expect(cache.get('a')).toBeUndefined();
  });

  it('exclude sessions without a conversation of their own, or with much customer data', () => {
    const cache = openCallerCache();
    const { conversation: _, ...nowhere } = caller();
    cache.set('nowhere', nowhere);
    cache.set('another’s', caller({ owner: 9 }));
    cache.set('much', caller({ text: 'x'.repeat(2_001) }));
    for (const key of ['nowhere', 'another’s', 'much']) expect(cache.get(key)).toBeUndefined();
  });

  it('evict the oldest session for a new one', () => {
    const cache = openCallerCache();
    for (let i = 0; i < 5_001; i++) cache.set(`${i}`, caller());
    expect(cache.get('0')).toBeUndefined();
    expect(cache.get('1')).toBeDefined();
    expect(cache.get('5000')).toBeDefined();
  });
});
