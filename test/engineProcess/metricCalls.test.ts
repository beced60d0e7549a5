import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Measure } from '../../src/protocol/metricEntries.ts';
import { measure } from '../support/measured.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { echoWorkspace } from './workspaces.ts';

const MINUTE = 60_000;
/** Metrics of seconds are kept for hours only, so that the tests are about now. */
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
const measures: Measure[] = ['calls', 'errors', 'durationMs', 'score'];
const ASKED = {
  ...{ measures, fromMs: NOW - 60 * MINUTE, toMs: NOW + MINUTE },
  ...{ where: {}, by: null, mostPoints: 100 },
} as const;

function call(minutesAgo: number, service: string, durationMs: number, failed = false) {
  const values = { errors: failed ? 1 : 0, durationMs };
  return { timeMs: NOW - minutesAgo * MINUTE + 500, labels: { service, model: 'm' }, values };
}

describe('calls about metrics', () => {
  it('answer with nothing where nothing was measured, also where the workspace is not trusted', async () => {
    await using window = await TestWindow.open(temporaryFolder(), { trusted: false });
    const { measured } = await window.call('metrics/series', ASKED);
    assert.deepEqual(
      measured.map(({ series, totals, overall }) => [series, totals, overall]),
      measures.map(() => [[], [], null]),
    );
    const { values } = await window.call('metrics/values', {});
    assert.deepEqual(values.service, []);
    assert.deepEqual(await window.call('metrics/marks', { fromMs: 0, toMs: NOW, limit: 5 }), { marks: [] });
  });

  it('answer with buckets, with a total of each group and with one of all together', async () => {
    const folder = temporaryFolder();
    measure(folder, [...[call(5, 'a', 100), call(5, 'a', 300, true), call(3, 'a', 200)], call(5, 'b', 1000)]);
    await using window = await TestWindow.open(folder);

    const { stepMs, measured } = await window.call('metrics/series', ASKED);
    assert.equal(stepMs, MINUTE);
    const [calls, errors, duration, score] = measured;
    const counts = calls?.series.map(({ points }) => points.map(({ startMs, count }) => [startMs, count]));
    assert.deepEqual(counts, [
      [
        [NOW - 5 * MINUTE, 3],
        [NOW - 3 * MINUTE, 1],
      ],
    ]);
    assert.deepEqual([errors?.overall?.sum, errors?.overall?.count], [1, 4]);
    assert.deepEqual([duration?.overall?.min, duration?.overall?.max], [100, 1000]);
    assert.deepEqual([score?.series, score?.overall], [[], null]);

    const grouped = await window.call('metrics/series', { ...ASKED, by: 'service' });
    const [byService] = grouped.measured;
    assert.deepEqual(
      byService?.totals.map(({ label, points }) => [label, points[0]?.count]),
      [
        ['a', 3],
        ['b', 1],
      ],
    );
    assert.equal(byService?.overall?.count, 4);
    const filtered = await window.call('metrics/series', { ...ASKED, where: { service: 'b' } });
    assert.equal(filtered.measured[0]?.overall?.count, 1);
    assert.deepEqual((await window.call('metrics/values', {})).values.service, ['a', 'b']);
    assert.deepEqual(
      filtered.kinds.map(({ count }) => count),
      [1],
    );
  });

  it('see what comes later, and tell of it while somebody looks', async () => {
    const folder = temporaryFolder();
    await using window = await TestWindow.open(folder);
    await window.call('metrics/watch', { on: true });
    measure(folder, [call(1, 'a', 10)]);
    await window.heard('metrics/changed');
    assert.equal((await window.call('metrics/series', ASKED)).measured[0]?.overall?.count, 1);
    measure(folder, [call(1, 'a', 10)]);
    assert.equal((await window.call('metrics/series', ASKED)).measured[0]?.overall?.count, 2);
    await window.call('metrics/watch', { on: false });
  });

  it('mark the runs that finished in the range, with their verdicts', async () => {
    const folder = temporaryFolder(echoWorkspace(5));
    await using window = await TestWindow.open(folder);
    const before = Date.now();
    const { runId } = await window.run('echo');
    const range = { fromMs: before, toMs: Date.now() + 1, limit: 10 };
    const { marks } = await window.call('metrics/marks', range);
    assert.equal(marks.length, 1);
    const [mark] = marks;
    assert.ok(mark?.kind === 'run' && mark.runId === runId && mark.suite === 'echo' && mark.passed === false);
    assert.deepEqual(await window.call('metrics/marks', { ...range, toMs: before }), { marks: [] });
  });

  it('say where the file cannot be read', async () => {
    const folder = temporaryFolder({
      '.touchstone/metrics.db': 'not a database, and long enough to be one'.repeat(20),
    });
    await using window = await TestWindow.open(folder);
    const failure = await window.failure('metrics/series', ASKED);
    assert.ok(failure.kind === 'user' && failure.where?.path.endsWith('metrics.db'));
  });
});
