import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Measure, Measured, MetricPoint } from '../../../src/protocol/metricEntries.ts';
import { type Chart, chartsOf, isEmpty } from '../../../src/webview/monitor/chartModel.ts';
import type { Board, ChartId } from '../../../src/webview/monitor/monitorMessages.ts';

const MINUTE = 60_000;
const FROM = 1_000 * MINUTE;

function point(startMs: number, over: Partial<MetricPoint> = {}): MetricPoint {
  const { count = 1, sum = 1 } = over;
  return {
    ...{ startMs, count, sum, min: 0, max: 1, mean: sum / count },
    ...{ p50: 1, p95: 2, p99: 3 },
    ...over,
  };
}

function alone(measure: Measure, points: MetricPoint[], total: Partial<MetricPoint>): Measured {
  const overall = point(FROM, total);
  return {
    measure,
    series: [{ label: null, points }],
    totals: [{ label: null, points: [overall] }],
    overall,
  };
}

function board(measured: Measured[], over: Partial<Board> = {}): Board {
  return {
    look: { range: { kind: 'last', ms: 4 * MINUTE }, by: null, where: {} },
    ...{ fromMs: FROM + 10_000, toMs: FROM + 4 * MINUTE, stepMs: MINUTE },
    ...{ measured, kinds: [], marks: [], lastMs: null },
    ...over,
  };
}

function chart(from: Board, id: ChartId): Chart {
  const found = chartsOf(from).charts.find((one) => one.id === id);
  assert.ok(found);
  return found;
}

describe('what the monitor draws', () => {
  it('says of what kind calls are, where there are several', () => {
    const calls = [alone('calls', [point(FROM, { count: 8 })], { count: 8 })];
    const kinds = [
      { operation: 'model', count: 5 },
      { operation: 'agent', count: 2 },
      { operation: null, count: 1 },
    ];
    assert.match(chart(board(calls, { kinds }), 'traffic').detail, / · 5 model, 2 agent, 1 other$/);
    assert.doesNotMatch(chart(board(calls, { kinds: kinds.slice(0, 1) }), 'traffic').detail, /model/);
  });

  it('has a bucket for each step of the range, and a gap where nothing was measured', () => {
    const given = board([
      alone('calls', [point(FROM, { count: 4, sum: 4 }), point(FROM + 2 * MINUTE, { count: 1 })], {
        count: 5,
        sum: 5,
      }),
    ]);
    const { starts } = chartsOf(given);
    assert.deepEqual(
      starts,
      [0, 1, 2, 3].map((step) => FROM + step * MINUTE),
    );
    const { series, headline, detail } = chart(given, 'traffic');
    assert.deepEqual(
      series.map(({ values }) => values),
      [[4, null, 1, null]],
    );
    assert.deepEqual([headline, detail], ['5 calls', '1.3 per minute']);
  });

  it('has an error rate of 0 only where there were calls', () => {
    const calls = [point(FROM, { count: 4, sum: 4 }), point(FROM + MINUTE, { count: 2, sum: 2 })];
    const given = board([
      alone('calls', calls, { count: 6, sum: 6 }),
      alone('errors', [point(FROM, { count: 4, sum: 1 })], { count: 6, sum: 1 }),
    ]);
    const { series, headline, detail } = chart(given, 'errors');
    assert.deepEqual(series[0]?.values, [0.25, 0, null, null]);
    assert.deepEqual([headline, detail], ['16.7 %', '1 of 6 calls failed']);
  });

  it('takes the quantiles of the whole range from its sketch, never from those of its buckets', () => {
    const points = [point(FROM, { p95: 900 }), point(FROM + MINUTE, { p95: 100 })];
    const { headline, series } = chart(board([alone('durationMs', points, { p95: 450 })]), 'latency');
    assert.equal(headline, 'p95 450 ms');
    assert.deepEqual(
      series.map(({ label, total }) => [label, total]),
      [
        ['p50', 1],
        ['p95', 450],
        ['p99', 3],
      ],
    );
  });

  it('says what is unknown, and never 0', () => {
    const given = board([alone('calls', [point(FROM)], { count: 1 })]);
    const headlines = (['latency', 'tokens', 'cost', 'quality'] as const).map(
      (id) => chart(given, id).headline,
    );
    assert.deepEqual(headlines, ['not measured', 'unknown', 'unknown', 'not evaluated']);
    assert.equal(chart(board([]), 'errors').headline, 'no calls');
    assert.ok(isEmpty(board([])) && !isEmpty(given));
    const input = alone('inputTokens', [point(FROM, { sum: 10 })], { sum: 10 });
    assert.equal(chart(board([input]), 'tokens').detail, '10 in · unknown out');
  });

  it('has the lowest and highest score as a band around the mean', () => {
    const points = [point(FROM, { mean: 0.8, min: 0.2, max: 1 })];
    const { band, series, top } = chart(board([alone('score', points, { mean: 0.8 })]), 'quality');
    assert.deepEqual(band, { low: [0.2, null, null, null], high: [1, null, null, null] });
    assert.deepEqual([series[0]?.values[0], top], [0.8, 1]);
  });

  it('has a series a group, the largest first, and names what has no value', () => {
    const labels = ['small', null, 'large'];
    const counts = [1, 5, 9];
    const series = labels.map((label, at) => ({ label, points: [point(FROM, { count: counts[at] ?? 0 })] }));
    const calls: Measured = { measure: 'calls', series, totals: series, overall: point(FROM, { count: 15 }) };
    const look = { range: { kind: 'last', ms: 4 * MINUTE }, by: 'service', where: {} } as const;
    const found = chart(board([calls], { look }), 'traffic');
    assert.deepEqual(
      found.series.map(({ label, total }) => [label, total]),
      [
        ['large', 9],
        ['no service', 5],
        ['small', 1],
      ],
    );
    assert.deepEqual([found.shape, found.headline], ['lines', '15 calls']);
  });

  it('says a rate in a unit in which it is at least one', () => {
    const detail = (count: number, ms: number) =>
      chart(board([alone('calls', [], { count })], { toMs: FROM + 10_000 + ms }), 'traffic').detail;
    assert.equal(detail(120, MINUTE), '120 per minute');
    assert.equal(detail(3, 60 * MINUTE), '3.0 per hour');
    assert.equal(detail(10, 5 * 1440 * MINUTE), '2.0 per day');
  });
});
