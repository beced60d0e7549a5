import * as z from 'zod';

/** What a comparison says of the candidate, the worst first. */
export const comparisonWord = z.enum(['worse', 'mixed', 'undecided', 'equivalent', 'identical', 'better']);
export type ComparisonWord = z.output<typeof comparisonWord>;
