import type { ComparisonWord } from '../../protocol/comparisonWord.ts';

/** How a comparison ended: the verdict's word, or null where there is none. */
export type ComparisonEnd = ComparisonWord | null;
