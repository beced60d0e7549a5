// What the protection of model calls costs, and what it brings: overhead of a call beside cockatiel's policies; how much of a
// provider's allowance is used, and how many calls it refuses, beside a fixed concurrency and promptfoo; and what one dead
// provider does to two others.
import { allowances } from './resilience/allowances.ts';
import { deadProvider } from './resilience/deadProvider.ts';
import { overhead } from './resilience/overhead.ts';

const results = [await overhead(), await allowances(), await deadProvider()];
process.exit(results.every((met) => met) ? 0 : 1);
