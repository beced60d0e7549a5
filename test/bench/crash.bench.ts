// Runs that are killed with SIGKILL at random moments and resumed, against the report of an uninterrupted run.
import path from 'node:path';
import { crashRuns } from '../support/crashHarness.ts';
import { seededRandom } from '../support/seededRandom.ts';

const runs = Number(process.env.CRASH_RUNS ?? 200);
const cli = path.join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const started = performance.now();
const outcome = await crashRuns({ cli: [cli], runs, cases: 100, random: seededRandom(1) });
console.log(
  `${outcome.runs} runs, ${outcome.kills} kills, ${outcome.partial} of them in the middle of the results, ` +
    `${((performance.now() - started) / 1000).toFixed(0)} s: every final report is that of the uninterrupted run, ` +
    'no stored result was lost, and no target was called again for one',
);
