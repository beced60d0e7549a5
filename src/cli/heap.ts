import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the heap small: a run makes much garbage and keeps little, and V8 would rather grow than collect.
 * Measured on 10,000 cases of a promptfoo suite: 166 MB resident instead of 322 MB, and 6 % more time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=80');
}

/**
 * Undoes it for what runs for long and answers others: with a young generation that never grows, a services process spent nearly a third
 * of its time on garbage.
 */
export function letHeapGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
  setFlagsFromString('--heap-growing-percent=0');
}
