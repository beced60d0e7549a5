import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { noLog, systemClock } from '../../src/engine/ports.ts';
import { executeRun } from '../../src/engine/runs/execution/executeRun.ts';
import { RunStore } from '../../src/engine/store/runStore.ts';
import { SinkTelemetry } from '../../src/engine/telemetry/telemetry.ts';
import { numberedCases, runInputs } from './runExecution.ts';
import { complete } from './runFixtures.ts';
import { scriptedTarget } from './scriptedTarget.ts';

/** Works on the run `r` of a store as a process of another host; says each call, and at last how it ended. */
const [file = '', leaseMs = ''] = process.argv.slice(2);
const target = scriptedTarget('a', async () => {
  writeSync(1, 'call\n');
  await wait(20);
  return complete('text');
});
const store = new RunStore(file, { leaseMs: Number(leaseMs) });
try {
  const outcome = await executeRun(
    runInputs([target], numberedCases(100), { evaluators: [], concurrency: 1 }),
    {
      runId: 'r',
      store,
      owner: { pid: process.pid, host: 'there', started: null, alive: () => true },
      clock: systemClock,
      log: noLog,
      telemetry: new SinkTelemetry([], { clock: systemClock, log: noLog }),
      signal: new AbortController().signal,
      onResults: () => {},
      onStart: () => {},
    },
  );
  writeSync(1, `${outcome}\n`);
} catch (error) {
  writeSync(1, `${String(error)}\n`);
}
