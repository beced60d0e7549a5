import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { openLivePairs, pair } from '../../../support/gateway/livePairs.ts';

const WORKER = path.join(import.meta.dirname, '../../../support/gateway/pairWorker.ts');

/** Kills a process that stores pairs once it has told of so many; returns the last number that it told. */
async function killed(root: string, first: number, after: number): Promise<number> {
  const child = spawn(process.execPath, [WORKER, root, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let told = 0;
  for await (const chunk of child.stdout) {
    told = Number(String(chunk).trim().split('\n').at(-1));
    if (told >= after) child.kill('SIGKILL');
  }
  await closed;
  return told;
}

describe('a comparison of live pairs whose process is killed', function () {
  this.timeout(60_000);

  it('loses nothing that it told of, takes no pair twice, and goes on with the same run', async () => {
    const begun = await openLivePairs();
    begun.comparison.offer(pair('first', 'first', ['no', 'no']));
    await begun.settled();
    const { runId } = begun.comparison.status;
    await begun.comparison.close();
    begun.store.close();

    let told = 1;
    for (const [first, after] of [
      [0, 8],
      [5, 20],
      [10, 40],
    ] as const)
      told = Math.max(told, await killed(begun.root, first, after));

    const live = await openLivePairs({ root: begun.root });
    try {
      await live.settled();
      const { status } = live.comparison;
      assert.equal(status.runId, runId);
      assert.ok(status.pairs >= told, `${status.pairs} of ${told}`);
      assert.equal(live.store.comparisons().length, 1);

      const exchanges = [...live.store.caseIndexes(runId ?? '')].map(
        ([, index]) => live.store.caseAt(runId ?? '', index)?.case.metadata?.['exchange'],
      );
      assert.equal(new Set(exchanges).size, exchanges.length);
      const { passed, failed, errored } = live.store.counts(runId ?? '');
      assert.equal(passed + failed + errored, 2 * status.pairs);
    } finally {
      await live.comparison.close();
      live.store.close();
    }
  });
});
