import { predictSum } from '../../../src/engine/cost/range.ts';

/** Share of 1,000 drawn sums of 50 values that lie in the interval made from 30 values drawn before; seeded. */
export function callCostRange(): number {
  let state = 12345;
  const draw = (): number => {
    // Park & Miller's generator; an exponential distribution, as skewed as lengths of answers are.
    state = (state * 48271) % 2147483647;
    return -Math.log(1 - state / 2147483647) * 200;
  };
  let inside = 0;
  for (let round = 0; round < 1000; round += 1) {
    const past = Array.from({ length: 30 }, draw);
    const range = predictSum(past, 50);
    let sum = 0;
    for (let value = 0; value < 50; value += 1) sum += draw();
    if (range && sum >= range.low && sum <= range.high) inside += 1;
  }
  return inside / 1000;
}
