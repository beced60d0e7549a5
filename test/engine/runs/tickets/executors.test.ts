import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { noLog, noSpan, systemClock } from '../../../../src/engine/ports.ts';
import type { ExecuteOptions } from '../../../../src/engine/runs/execution/executeRun.ts';
import type { RunInputs } from '../../../../src/engine/runs/execution/runInputs.ts';
import { InProcessExecutor } from '../../../../src/engine/runs/tickets/inProcessExecutor.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import { noTracer } from '../../../../src/engine/telemetry/tracer.ts';
import { executedInputs, orderedInputs } from '../../../support/executor/executedInputs.ts';
import { ProcessExecutor } from '../../../support/executor/processExecutor.ts';
import { execute, RUN } from '../../../support/runExecution.ts';
import { executorConformance } from './executorConformance.ts';

executorConformance(
  'in process',
  () =>
    new InProcessExecutor({
      inputs: executedInputs(['a', 'b', 'broken', 'slow']),
      tracer: noTracer,
      runSpan: noSpan,
      clock: systemClock,
      log: noLog,
    }),
);

executorConformance('another process', () => new ProcessExecutor());

/** Results of the whole run, without what differs from one execution to the next. */
async function resultsOf(inputs: RunInputs, more: Partial<ExecuteOptions> = {}): Promise<unknown[]> {
  const store = new RunStore(':memory:');
  try {
    assert.equal(await execute(store, inputs, more), 'complete');
    return [...store.results(RUN)].map(plain);
  } finally {
    store.close();
  }
}

function plain({ startedAt: _at, traceId: _id, evaluations, ...rest }: TrialResult) {
  return { ...rest, evaluations: evaluations.map(({ latencyMs: _ms, ...evaluation }) => evaluation) };
}

describe('a run that is executed elsewhere', () => {
  const elsewhere = { openExecutor: () => new ProcessExecutor() };

  it('has the same results: free cases, and those whose evaluators compare targets', async () => {
    const results = await resultsOf(executedInputs(), elsewhere);
    assert.equal(results.length, 9 * 2 * 2);
    assert.deepEqual(results, await resultsOf(executedInputs()));
  });

  it('has the same results where cases read what earlier ones gave', async () => {
    const results = await resultsOf(orderedInputs(), elsewhere);
    assert.deepEqual(results, await resultsOf(orderedInputs()));
  });
});
