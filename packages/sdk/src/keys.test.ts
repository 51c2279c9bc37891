/** Enter with and without an input method, and that no screen asks for it in another way. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isComposedEnter, isComposing, isEnter } from './keys.ts';

const press = (key: string, more: object = {}) => ({ key, isComposing: false, keyCode: 13, ...more });

it('distinguishes Enter from the Enter of an input method', () => {
  expect(isEnter(press('Enter'))).toBe(true);
  expect(isEnter(press('a', { keyCode: 65 }))).toBe(false);
  const composed = {
    chromium: press('Enter', { isComposing: true, keyCode: 229 }),
    firefox: press('Enter', { isComposing: true }),
    safari: press('Enter', { keyCode: 229 }),
  };
  for (const event of Object.values(composed))
    expect([isEnter(event), isComposedEnter(event), isComposing(event)]).toEqual([false, true, true]);
  expect(isComposedEnter(press('Enter'))).toBe(false);
});

it('is what every screen of desk and chat asks', () => {
  const root = new URL('../../../', import.meta.url);
  const sources = ['packages/dashboard/src/', 'examples/chat/src/'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map((file) => folder + file),
  );
  const screens = sources.filter((file) => /\.tsx?$/.test(file) && !file.includes('/words/'));
  expect(screens.length).toBeGreaterThan(100);
  const asking = screens.filter((file) =>
    /\bkey\w* [!=]==? ['"]Enter['"]|['"]Enter['"] [!=]==?|case ['"]Enter|keyCode|\.isComposing/.test(
      readFileSync(new URL(file, root), 'utf8'),
    ),
  );
  expect(asking).toEqual([]);
});
