/** How many sockets are admitted in which time, by a clock of the test. */
import { expect, it } from 'vitest';
import { Admission, maxWaiting } from './admission.ts';

function open(rate: number) {
  let time = 0;
  const state = { rate };
  const admission = new Admission({ rate: () => state.rate, now: () => time });
  const admitted: number[] = [];
  return {
    state,
    admitted,
    enter: (count: number) =>
      Array.from({ length: count }, (_, index) => admission.enter(() => admitted.push(index))),
    pass: (ms: number) => {
      time += ms;
      admission.admitWaiting();
    },
  };
}

it('admits the sockets of a usual moment at once', () => {
  const { admitted, enter } = open(1000);
  enter(100);
  expect(admitted).toHaveLength(100);
});

it.each([1000, 5000])('admits many at a bounded rate in their order, %i a second', (rate) => {
  const { admitted, enter, pass } = open(rate);
  enter(2 * rate);
  const before = admitted.length;
  for (let step = 0; step < 50; step++) pass(10);
  expect(admitted.length - before).toBe(rate / 2);
  expect(admitted).toEqual(admitted.toSorted((a, b) => a - b));
});

it('keeps no more than a moment of unused admissions', () => {
  const { admitted, enter, pass } = open(1000);
  enter(100);
  pass(3_600_000);
  enter(1000);
  expect(admitted).toHaveLength(200);
});

it('follows a changed rate', () => {
  const { state, admitted, enter, pass } = open(1000);
  enter(1000);
  pass(10);
  expect(admitted).toHaveLength(110);
  state.rate = 5000;
  pass(10);
  expect(admitted).toHaveLength(160);
});

it('turns away more than can wait', () => {
  const { enter } = open(1000);
  expect(enter(maxWaiting + 100).every(Boolean)).toBe(true);
  expect(enter(1)).toEqual([false]);
});
