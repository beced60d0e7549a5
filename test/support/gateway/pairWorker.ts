// Offers live pairs until it is killed, and says how many are stored: node pairWorker.ts ROOT FIRST
import { openLivePairs, pair } from './livePairs.ts';

const [, , root = '', first = '0'] = process.argv;
const live = await openLivePairs({ root });
let told = -1;
for (let at = Number(first); live.ends.length === 0; at += 1) {
  live.comparison.begin(`x-${at}`);
  // Not better or worse on the whole, so that it goes on.
  live.comparison.offer(
    pair(`x-${at}`, `question ${at}`, at % 2 === 0 ? ['no', 'please'] : ['please', 'no']),
  );
  await new Promise((resolve) => setTimeout(resolve, 2));
  const { pairs } = live.comparison.status;
  if (pairs !== told) process.stdout.write(`${pairs}\n`);
  told = pairs;
}
