import assert from 'node:assert/strict';
import { observe } from '../../../../src/engine/telemetry/alerts/observe.ts';
import type { MetricPoint } from '../../../../src/engine/telemetry/metrics/metricQuery.ts';
import { alertRule, figurePoint } from '../../../support/alerts/alertWorld.ts';

type Points = { readonly [measure: string]: MetricPoint };

function observed(when: string, points: Points, { overMs = 300_000, watched = true } = {}) {
  const figures = {
    total: ({ measure }: { measure: string }) => {
      const point = points[measure];
      return point ? [{ label: null, points: [point] }] : [];
    },
  };
  const window = { fromMs: 0, toMs: overMs, where: {}, watched };
  return observe(alertRule(when, { overMs }), figures, window, [])[0];
}

const sum = (total: number, count: number): MetricPoint => ({
  ...figurePoint(total / count, count),
  sum: total,
});

describe('figures of alerts', () => {
  const cases: [string, Points, number | null][] = [
    ['calls > 5', { calls: sum(3, 40) }, 40],
    ['calls > 5', {}, 0],
    ['errors > 5', { errors: sum(3, 40) }, 3],
    ['error rate > 5%', { errors: sum(3, 40) }, 0.075],
    ['error rate > 5%', {}, null],
    ['cost > $1', { costUsd: sum(3, 40) }, 3],
    ['cost per hour > $1', { costUsd: sum(3, 40) }, 36],
    ['output tokens per hour > 5', { outputTokens: sum(50, 40) }, 600],
    ['mean score < 0.5', { score: sum(10, 40) }, 0.25],
    ['mean score < 0.5', {}, null],
  ];
  for (const [when, points, value] of cases)
    it(`${when}: ${value}`, () => {
      const { value: found, atLeast } = observed(when, points) ?? {};
      assert.ok(found === null || value === null ? found === value : Math.abs((found ?? 0) - value) < 1e-9);
      assert.equal(atLeast, false);
    });

  it('are lower bounds where not all was watched, or a call that used tokens has no price', () => {
    const costUsd = sum(3, 40);
    const isAtLeast = (...given: Parameters<typeof observed>) => observed(...given)?.atLeast;
    assert.equal(isAtLeast('cost > $1', { costUsd, inputTokens: sum(900, 40) }), false);
    assert.equal(isAtLeast('cost > $1', { costUsd, inputTokens: sum(900, 41) }), true);
    assert.equal(isAtLeast('cost > $1', { inputTokens: sum(900, 1) }), true);
    assert.equal(isAtLeast('calls > 1', {}, { watched: false }), true);
    assert.equal(isAtLeast('mean score < 0.5', { score: sum(1, 4) }, { watched: false }), false);
  });
});
