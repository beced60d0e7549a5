import { UsageError } from '../errors.ts';
import type { Comparison } from '../model/comparison.ts';
import type { RunStore } from '../store/runStore.ts';

/** Comparisons in pieces; outputs are read from the store. */
export type ComparisonWriter = (comparisons: readonly Comparison[], store: RunStore) => Iterable<string>;

export interface ComparisonFormat {
  ending: string;
  /** What it is for, in a few words. */
  purpose: string;
  /** Loads the writer; a format that is not asked for costs no start-up time. */
  load(): Promise<ComparisonWriter>;
}

/** Every form of a comparison that can be written to a file. */
export const COMPARISON_FORMATS: readonly ComparisonFormat[] = [
  {
    ending: '.html',
    purpose: 'one page to open in a browser',
    load: async () => {
      const { htmlComparison } = await import('./htmlComparison.ts');
      const assets = (await import('./htmlAssets.ts')).readHtmlAssets('compare');
      return ([comparison, ...others], store) => {
        if (comparison && others.length === 0) return htmlComparison(comparison, store, assets);
        throw new UsageError('a page shows one comparison, but the suite has several datasets', {
          remedy: 'Write .json or .md, or compare over one dataset.',
        });
      };
    },
  },
  {
    ending: '.json',
    purpose: 'everything, for programs',
    load: async () => {
      const { jsonComparison } = await import('./jsonComparison.ts');
      return (comparisons) => [jsonComparison(comparisons)];
    },
  },
  {
    ending: '.md',
    purpose: 'for a comment on a pull request',
    load: async () => {
      const { markdownComparison } = await import('./markdownComparison.ts');
      return (comparisons) => [markdownComparison(comparisons)];
    },
  },
];

/** The format that a file name asks for by its end. Throws a UsageError that lists the endings. */
export function comparisonFormatOf(file: string): ComparisonFormat {
  const found = COMPARISON_FORMATS.find(({ ending }) => file.toLowerCase().endsWith(ending));
  if (found) return found;
  throw new UsageError(`unknown comparison format: ${file}`, {
    remedy: `Use a file name that ends in ${COMPARISON_FORMATS.map(({ ending }) => ending).join(', ')}.`,
  });
}
