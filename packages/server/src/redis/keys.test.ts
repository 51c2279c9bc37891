import { expect, it } from 'vitest';
import { redisName } from './keys.ts';

it('gives two installations different names for the same use', () => {
  const names = ['one', 'two'].map((epoch) => redisName({ epoch }, 'online:{7}:user'));
  expect(names).toEqual(['hoory:one:online:{7}:user', 'hoory:two:online:{7}:user']);
});
