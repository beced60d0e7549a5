import type { Counted } from '../../statistics/exponentialSum.ts';
import { sizeOf } from './clusterValues.ts';

/** More than these nobody waits for. */
const MOST = 100_000;

interface Groups {
  green: readonly Counted[];
  blue: readonly Counted[];
}

/** How many more answers of green would decide a clause if all that come were as those so far, with blue's in proportion; null where too many. */
export function moreAnswers({ green, blue }: Groups, decides: (groups: Groups) => boolean): number | null {
  const size = sizeOf(green);
  if (size === 0 || sizeOf(blue) === 0) return null;
  const isEnough = (total: number) =>
    decides({ green: scaled(green, total / size), blue: scaled(blue, total / size) });

  let high = size * 2;
  while (!isEnough(high)) {
    high *= 2;
    if (high > MOST) return null;
  }
  let low = high / 2;
  while (high - low > Math.max(1, high / 50)) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high - size);
}

function scaled(values: readonly Counted[], factor: number): Counted[] {
  return values.map(({ value, count }) => ({ value, count: count * factor }));
}
