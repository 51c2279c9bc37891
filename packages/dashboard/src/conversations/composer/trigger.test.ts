/** Triggers before the caret. */
import { describe, expect, it } from 'vitest';
import { complete, triggerAt } from './trigger.ts';

describe('what is typed before the caret', () => {
  it('opens canned responses, mentions and emoji after their sign', () => {
    expect(triggerAt('/ref', 4)).toEqual({ sign: '/', query: 'ref', start: 0, end: 4 });
    expect(triggerAt('ask @mo now', 7)).toEqual({ sign: '@', query: 'mo', start: 4, end: 7 });
    expect(triggerAt('good :sm', 8)).toMatchObject({ sign: ':', query: 'sm' });
  });

  it('opens nothing within words, times of day and addresses', () => {
    for (const text of ['and/or', 'me@shop', 'at 10:30', ':)', ': x', 'https://a', ''])
      expect(triggerAt(text, text.length)).toBeUndefined();
  });

  it('is replaced by what is chosen, and the rest stays', () => {
    const text = 'ask @mo now';
    expect(complete(text, triggerAt(text, 7)!, '@Mo ')).toEqual({ text: 'ask @Mo  now', caret: 8 });
  });
});
