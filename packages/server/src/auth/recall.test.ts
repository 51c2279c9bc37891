import { describe, expect, it } from 'vitest';
import type { SessionCaller } from '../caller.ts';
import { openRecall } from './recall.ts';

/** A session in a conversation of its own, unless said otherwise. */
function caller({ session_id = 7, owner = 0, text = '{}' } = {}): SessionCaller {
  return {
    kind: 'session',
    inbox: { id: 1, additional_attributes: '{}' },
    session: { id: session_id, claims: '{}' },
    contact: { id: 3, additional_attributes: text, custom_attributes: '{}' },
    place: { id: 5, contact_id: 3, contact_inbox_id: owner || session_id },
  } as SessionCaller;
}

describe('recalled sessions', () => {
  it('are what was found last, and say that they are recalled', () => {
    const recall = openRecall();
    recall.keep('a', caller());
    recall.keep('a', caller({ session_id: 8 }));
    expect(recall.find('a')).toEqual({ ...caller({ session_id: 8 }), isRecalled: true });
    recall.keep('a', undefined);
    expect(recall.find('a')).toBeUndefined();
  });

  it('are none without a conversation of their own, nor with much of the customer’s data', () => {
    const recall = openRecall();
    const { place: _, ...nowhere } = caller();
    recall.keep('nowhere', nowhere);
    recall.keep('another’s', caller({ owner: 9 }));
    recall.keep('much', caller({ text: 'x'.repeat(2_001) }));
    for (const key of ['nowhere', 'another’s', 'much']) expect(recall.find(key)).toBeUndefined();
  });

  it('make room for new ones, the oldest first', () => {
    const recall = openRecall();
    for (let i = 0; i < 5_001; i++) recall.keep(`${i}`, caller());
    expect(recall.find('0')).toBeUndefined();
    expect(recall.find('1')).toBeDefined();
    expect(recall.find('5000')).toBeDefined();
  });
});
