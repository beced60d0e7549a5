import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fixedEnvironment, systemClock } from '../../src/engine/ports.ts';
import { EvaluationHub } from '../../src/engine/telemetry/stream/evaluationHub.ts';
import { TraceIntake } from '../../src/engine/traces/traceIntake.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { processOwner } from '../../src/processOwner.ts';
import { ConfigurationFile } from '../../src/services/configurationFile.ts';
import { LiveMonitors } from '../../src/services/liveMonitors.ts';
import { stillRandom } from '../support/stillRandom.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Of the store's file. */
const PAGE = 16_384;

describe('live monitors', () => {
  it('say what is wrong where their figures cannot be read, and whoever asks goes on', async () => {
    const root = temporaryFolder();
    const file = traceStorePath(root);
    new TraceStore(file).close();
    breakTable(file, 'monitor_counts');

    const bugs: unknown[] = [];
    const monitors = new LiveMonitors({
      ...{ root, clock: systemClock, random: stillRandom, owner: processOwner() },
      ...{ hub: new EvaluationHub(), environment: fixedEnvironment({}) },
      configuration: new ConfigurationFile(root, fixedEnvironment({}), systemClock),
      onChange: () => {},
      onBug: (error) => void bugs.push(error),
    });
    const traces = new TraceStore(file);
    const end = new AbortController();
    const running = monitors.run({ traces, intake: new TraceIntake(traces) }, end.signal);

    const { monitors: figures, behind, problem } = monitors.status;
    end.abort('closed');
    await running;
    traces.close();
    assert.deepEqual([figures, behind], [[], 0]);
    assert.match(problem ?? '', /^the store is damaged/);
    assert.deepEqual(bugs, []);
  });
});

/** As a bad sector does it. */
function breakTable(file: string, table: string): void {
  const database = new DatabaseSync(file);
  const page = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.['rootpage'];
  database.close();
  const opened = openSync(file, 'r+');
  writeSync(opened, Buffer.alloc(PAGE, 0xff), 0, PAGE, (Number(page) - 1) * PAGE);
  closeSync(opened);
}
