import { visibleText } from '../../../model/visibleText.ts';
import { OVERFLOW } from '../seriesTable.ts';

export type PromLabels = { readonly [name: string]: string };

/** Longest value, in UTF-16 units. */
const VALUE_LENGTH = 120;
/** Distinct sets for each metric. */
const MOST_SETS = 500;

/**
 * Sets of labels of one metric, within a limit: a name with a value of its own in each call would fill the scraper's memory. What
 * comes beyond is counted under `(other)`.
 */
export class LabelSets {
  readonly #most: number;
  readonly #known = new Set<string>();

  constructor(most = MOST_SETS) {
    this.#most = most;
  }

  /** `bounded` has few values by itself, and stays as it is. */
  of(open: { readonly [name: string]: string | null }, bounded: PromLabels = {}): PromLabels {
    const values = Object.fromEntries(Object.entries(open).map(([name, value]) => [name, cleaned(value)]));
    const key = JSON.stringify([values, bounded]);
    if (!this.#known.has(key)) {
      if (this.#known.size >= this.#most)
        return { ...Object.fromEntries(Object.keys(open).map((name) => [name, OVERFLOW])), ...bounded };
      this.#known.add(key);
    }
    return { ...values, ...bounded };
  }
}

/** One line; and nothing that the library could take for two labels, since it tells sets apart by `name:value,`. */
function cleaned(value: string | null): string {
  return visibleText((value ?? '').slice(0, VALUE_LENGTH).toWellFormed())
    .replace(/[\t\r\n]/g, ' ')
    .replaceAll(',', ';');
}
