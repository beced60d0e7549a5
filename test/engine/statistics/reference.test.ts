import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { cohensKappa, krippendorffAlpha } from '../../../src/engine/statistics/agreement.ts';
import { bootstrapMean } from '../../../src/engine/statistics/bootstrap.ts';
import { boundedMeanInterval, boundedMeanP } from '../../../src/engine/statistics/boundedMean.ts';
import { cautiousMean } from '../../../src/engine/statistics/cautiousMean.ts';
import { pearson, spearman } from '../../../src/engine/statistics/correlation.ts';
import { cohensDz, oddsRatio } from '../../../src/engine/statistics/effectSize.ts';
import { exactShareInterval } from '../../../src/engine/statistics/exactShare.ts';
import { holm } from '../../../src/engine/statistics/holm.ts';
import { judgeErrors } from '../../../src/engine/statistics/judgeErrors.ts';
import { exactMcNemar } from '../../../src/engine/statistics/mcnemar.ts';
import { mcnemarPower } from '../../../src/engine/statistics/mcnemarPower.ts';
import {
  type JudgedOutput,
  predictionPoweredRate,
} from '../../../src/engine/statistics/predictionPowered.ts';
import { Xoshiro128 } from '../../../src/engine/statistics/prng.ts';
import { signFlipTest } from '../../../src/engine/statistics/signFlip.ts';
import { wilcoxonSignedRank } from '../../../src/engine/statistics/wilcoxon.ts';
import { wilsonInterval } from '../../../src/engine/statistics/wilson.ts';
import { skip } from '../../support/skip.ts';

interface Inputs {
  discordant: [number, number][];
  clusterSums: number[][];
  differences: number[][];
  margins: number[];
  pValues: number[][];
  ratings: [number, number][];
  reliability: (number | null)[][];
  x: number[];
  y: number[];
  /** Labelled: judge pass and label pass, pass and fail, fail and pass, fail and fail; then judged only: pass, fail. */
  judged: [[number, number, number, number], [number, number]][];
  /** Pairs, share that differs, true difference, level. */
  power: [number, number, number, number][];
  /** Sum and size of each cluster. */
  clusters: [number, number][][];
}

const file = (name: string) => new URL(`../../${name}`, import.meta.url);
const inputsText = readFileSync(file('fixtures/statistics/inputs.json'), 'utf8');
const inputs = JSON.parse(inputsText) as Inputs;
const stored = JSON.parse(readFileSync(file('golden/statistics/reference.json'), 'utf8')) as {
  source: string;
  values: Record<string, number>;
};

/** How everything that is compared is computed, by the names that the reference uses. */
interface Values {
  [name: string]: () => number | null | undefined;
}

function ours(): Values {
  const values: Values = {};
  for (const [b, c] of inputs.discordant) {
    const odds = () => oddsRatio([...clusters(b, 1, 0), ...clusters(c, 0, 1), ...clusters(10, 0, 0)]);
    values[`mcnemar ${b} ${c}`] = () => exactMcNemar(b, c);
    values[`odds low ${b} ${c}`] = () => odds()?.low;
    values[`odds high ${b} ${c}`] = () => odds()?.high;
  }
  for (const [index, sums] of inputs.clusterSums.entries())
    values[`sign flip ${index}`] = () => signFlipTest(sums);
  for (const [index, list] of inputs.differences.entries()) addDifferences(values, index, list);
  for (const [index, list] of inputs.pValues.entries())
    for (const at of list.keys()) values[`holm ${index} ${at}`] = () => holm(list)[at];
  values['kappa'] = () => cohensKappa(inputs.ratings, 5);
  values['kappa linear'] = () => cohensKappa(inputs.ratings, 5, 'linear');
  values['kappa quadratic'] = () => cohensKappa(inputs.ratings, 5, 'quadratic');
  values['alpha nominal'] = () => krippendorffAlpha(inputs.reliability, 'nominal');
  values['alpha interval'] = () => krippendorffAlpha(inputs.reliability, 'interval');
  values['pearson'] = () => pearson(inputs.x, inputs.y);
  values['spearman'] = () => spearman(inputs.x, inputs.y);
  for (const [index, counts] of inputs.judged.entries()) addJudge(values, index, counts);
  for (const [n, discordant, effect, level] of inputs.power)
    values[`mcnemar power ${n} ${discordant} ${effect}`] = () => mcnemarPower(n, discordant, effect, level);
  for (const [index, list] of inputs.clusters.entries())
    for (const at of [-0.2, 0, 0.3]) {
      const summed = list.map(([sum, n]) => ({ sum, n }));
      values[`clusters ${index} at most ${at}`] = () => boundedMeanP(summed, at).atMost;
    }
  for (const hits of [5, 8, 10]) {
    values[`wilson low ${hits} 10`] = () => wilsonInterval(hits / 10, 10)?.low;
    values[`wilson high ${hits} 10`] = () => wilsonInterval(hits / 10, 10)?.high;
    values[`exact low ${hits} 10`] = () => exactShareInterval(hits, 10)?.low;
    values[`exact high ${hits} 10`] = () => exactShareInterval(hits, 10)?.high;
  }
  return values;
}

function clusters(count: number, gain: number, loss: number) {
  return Array.from({ length: count }, () => ({ gain, loss, n: 1 }));
}

function addJudge(
  values: Values,
  index: number,
  [[pp, pf, fp, ff], [morePassed, moreFailed]]: Inputs['judged'][number],
): void {
  const output = (judge: boolean, label: boolean | undefined) => ({ weight: 1, judge, label });
  const outputs: JudgedOutput[] = [
    ...Array.from({ length: pp }, () => output(true, true)),
    ...Array.from({ length: pf }, () => output(true, false)),
    ...Array.from({ length: fp }, () => output(false, true)),
    ...Array.from({ length: ff }, () => output(false, false)),
    ...Array.from({ length: morePassed }, () => output(true, undefined)),
    ...Array.from({ length: moreFailed }, () => output(false, undefined)),
  ].map((entry, at) => ({ ...entry, cluster: `case ${at}` }));

  values[`corrected mean ${index}`] = () => predictionPoweredRate(outputs)?.mean;
  values[`judge kappa ${index}`] = () => judgeErrors(outputs)?.kappa;
  for (const end of ['low', 'high'] as const) {
    values[`corrected ${end} ${index}`] = () => predictionPoweredRate(outputs)?.interval[end];
    values[`judge kappa ${end} ${index}`] = () => judgeErrors(outputs)?.kappaInterval[end];
    values[`false passes ${end} ${index}`] = () => judgeErrors(outputs)?.falsePasses.interval[end];
    values[`false fails ${end} ${index}`] = () => judgeErrors(outputs)?.falseFails.interval[end];
  }
}

function addDifferences(values: Values, index: number, list: readonly number[]): void {
  values[`wilcoxon ${index}`] = () => wilcoxonSignedRank(list).p;
  values[`d_z ${index}`] = () => cohensDz(list);
  const alone = list.map((sum) => ({ sum, n: 1 }));
  for (const margin of inputs.margins) {
    values[`not worse by ${margin} ${index}`] = () => boundedMeanP(alone, -margin).atMost;
    values[`not better by ${margin} ${index}`] = () => boundedMeanP(alone, margin).atLeast;
  }
  values[`not up ${index}`] = () => boundedMeanP(alone, 0).atMost;
  values[`bounded low ${index}`] = () => boundedMeanInterval(alone).low;
  values[`bounded high ${index}`] = () => boundedMeanInterval(alone).high;
}

function pairedMean(list: readonly number[]) {
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const squares = list.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = Math.sqrt(squares / (list.length - 1) / list.length);
  return { mean, standardError };
}

/** The smallest distance between two different values. */
function gridStep(list: readonly number[]): number {
  const sorted = [...new Set(list)].sort((a, b) => a - b);
  return Math.min(...sorted.slice(1).map((value, index) => value - (sorted[index] ?? 0)));
}

/** Six significant digits, and nothing below 1e-12. */
function assertClose(actual: number | null | undefined, expected: number, name: string): void {
  assert.ok(typeof actual === 'number', `${name} is missing`);
  const difference = Math.abs(actual - expected);
  assert.ok(
    difference <= 1e-6 * Math.abs(expected) + 1e-12,
    `${name}: ${actual}, the reference says ${expected}`,
  );
}

describe('statistics against an outside reference', () => {
  const actual = ours();
  for (const [name, expected] of Object.entries(stored.values)) {
    if (/^bootstrap |^t[- ]/.test(name)) continue;
    it(`${name} has six digits of the stored value`, () => assertClose(actual[name]?.(), expected, name));
  }

  for (const [index, list] of inputs.differences.entries()) {
    it(`the bootstrap of list ${index} is within Monte Carlo error of the stored interval`, () => {
      const result = bootstrapMean(
        list.map((sum) => ({ sum, n: 1 })),
        Xoshiro128.seeded(7),
        100_000,
      );
      assert.ok(result?.interval);
      // A quantile in the tails of 100,000 resamples is off by a fraction of the error. Where values repeat, means
      // lie on a grid, and quantiles may differ by a step of it: SciPy 1.10 does not count ties half.
      const allowed = (stored.values[`bootstrap error ${index}`] ?? 0) * 0.04 + gridStep(list) / list.length;
      for (const end of ['low', 'high'] as const) {
        const expected = stored.values[`bootstrap ${end} ${index}`] ?? Number.NaN;
        assert.ok(
          Math.abs(result.interval[end] - expected) <= allowed,
          `${end} ${result.interval[end]}, the reference says ${expected} ± ${allowed}`,
        );
      }
    });
  }

  for (const [index, list] of inputs.differences.entries()) {
    it(`the cautious mean of list ${index} is the wider of the bootstrap and the reference’s t-test`, () => {
      const clusters = list.map((sum) => ({ sum, n: 1 }));
      const { mean, standardError } = pairedMean(list);
      const estimate = { mean, standardError, n: list.length, clusters: list.length };
      const boot = bootstrapMean(clusters, Xoshiro128.seeded(7));
      const cautious = cautiousMean(clusters, estimate, Xoshiro128.seeded(7));
      const reference = stored.values[`t-test ${index}`] ?? 0;
      assertClose(cautious?.p, Math.max(boot?.resolved ? boot.p : 0, reference), 'p');
      const low = stored.values[`t interval low ${index}`] ?? 0;
      assertClose(cautious?.interval?.low, Math.min(boot?.interval?.low ?? 0, low), 'low');
      assertClose(cautious?.interval?.high, Math.max(boot?.interval?.high ?? 0, 2 * mean - low), 'high');
    });
  }

  it('has stored values that SciPy and statsmodels still give', function () {
    const python = ['/usr/bin/python3', 'python3'].find(
      (command) => spawnSync(command, ['-c', 'import scipy, statsmodels']).status === 0,
    );
    if (!python) return skip(this, 'python3 with SciPy and statsmodels is not installed');
    const script = file('support/referenceStatistics.py').pathname;
    const result = spawnSync(python, [script], { input: inputsText, encoding: 'utf8' });
    assert.equal(result.status, 0, result.stderr);
    const fresh = (JSON.parse(result.stdout) as typeof stored).values;
    assert.deepEqual(Object.keys(fresh).sort(), Object.keys(stored.values).sort());
    for (const [name, value] of Object.entries(fresh))
      if (!name.startsWith('bootstrap')) assertClose(stored.values[name], value, name);
  });
});
