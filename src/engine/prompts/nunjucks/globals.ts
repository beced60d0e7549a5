import type { Budget } from './budget.ts';
import { Callable, numberOf, stringOf, type Value, type ValueMap } from './values.ts';

const MAX_RANGE = 100_000;

/** Nunjucks' own functions; undefined for any other name. */
export function globalOf(name: string, budget: Budget): Value {
  switch (name) {
    case 'range':
      return new Callable((args) => range(args, budget));
    case 'cycler':
      return new Callable((items) => cycler(items));
    case 'joiner':
      return new Callable(([separator = ',']) => joiner(stringOf(separator)));
    default:
      return undefined;
  }
}

function range([first, second, by]: readonly Value[], budget: Budget): number[] {
  const [start, stop] = second === undefined ? [0, numberOf(first)] : [numberOf(first), numberOf(second)];
  const step = second === undefined ? 1 : numberOf(by) || 1;
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= MAX_RANGE)) throw new Error(`range() gives at most ${MAX_RANGE} numbers`);
  budget.items(count);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

/** Its members change with each call of `next`. */
function cycler(items: readonly Value[]): Value {
  let index = -1;
  const cycle: ValueMap = {
    current: null,
    next: new Callable(() => {
      index = (index + 1) % items.length;
      cycle['current'] = items[index];
      return cycle['current'];
    }),
    reset: new Callable(() => {
      index = -1;
      cycle['current'] = null;
      return undefined;
    }),
  };

  return cycle;
}

function joiner(separator: string): Callable {
  let isFirst = true;
  return new Callable(() => {
    const written = isFirst ? '' : separator;
    isFirst = false;
    return written;
  });
}
