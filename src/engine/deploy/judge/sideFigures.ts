import { ClusteredMean } from '../../statistics/clusteredMean.ts';
import { Z_95 } from '../../statistics/normal.ts';
import { PassRateEstimate } from '../../statistics/passRate.ts';
import { Sample as Ranked } from '../../statistics/quantiles.ts';
import type { Sample, SampleSource } from '../evidence/sample.ts';
import type { Estimate, SideFigures } from '../evidence/stepReport.ts';
import { isMeasured, qualityOf } from './quality.ts';
import { known } from './stepSamples.ts';

const MOST_TRACES = 20;

/** What is shown of a side. Golden cases count in all of it, and are told apart by `bySource`. */
export function sideFigures(samples: readonly Sample[]): SideFigures {
  const failed = samples.filter((sample) => sample.isError || sample.quality?.passed === false);
  const latencies = ranked(samples);
  const costs = samples.map(({ costUsd }) => known(costUsd));
  const areKnown = costs.length > 0 && costs.every((cost) => cost !== null);

  return {
    samples: samples.length,
    bySource: sourcesOf(samples),
    errors: samples.filter(({ isError }) => isError).length,
    errorRate: share(samples, ({ isError }) => Number(isError)),
    passRate: share(samples.filter(isMeasured), (sample) => qualityOf(sample, 'pass', 'worst')),
    meanScore: share(samples.filter(isMeasured), (sample) => qualityOf(sample, 'score', 'worst')),
    p50Ms: latencies.quantile(0.5),
    p95Ms: latencies.quantile(0.95),
    costUsd: areKnown ? costs.reduce((sum: number, cost) => sum + (cost ?? 0), 0) : null,
    costPerRequest: mean(samples),
    servedModels: [...new Set(samples.flatMap(({ servedModel }) => servedModel ?? []))].sort(),
    failedTraces: failed
      .toSorted((a, b) => b.atMs - a.atMs)
      .flatMap(({ traceId }) => traceId ?? [])
      .slice(0, MOST_TRACES),
  };
}

function sourcesOf(samples: readonly Sample[]): { [source in SampleSource]?: number } {
  const counts: { [source in SampleSource]?: number } = {};
  for (const { source } of samples) counts[source] = (counts[source] ?? 0) + 1;
  return counts;
}

function share(samples: readonly Sample[], figureOf: (sample: Sample) => number | null): Estimate | null {
  const rate = new PassRateEstimate();
  for (const sample of samples) {
    const value = figureOf(sample);
    if (value !== null) rate.add(value, 1, sample.cluster ?? undefined);
  }
  const found = rate.estimate();
  return found?.interval ? { value: found.rate, ...found.interval } : null;
}

/** Over the requests whose cost is known; null where the spread is not. */
function mean(samples: readonly Sample[]): Estimate | null {
  const costs = new ClusteredMean();
  for (const { costUsd, cluster } of samples) {
    const cost = known(costUsd);
    if (cost !== null) costs.add(cost, cluster ?? undefined);
  }
  const found = costs.estimate();
  if (!found || found.standardError === null) return null;
  const half = Z_95 * found.standardError;
  return { value: found.mean, low: Math.max(0, found.mean - half), high: found.mean + half };
}

function ranked(samples: readonly Sample[]): Ranked {
  const latencies = new Ranked();
  for (const { latencyMs, isError } of samples) {
    const latency = known(latencyMs);
    if (latency !== null && !isError) latencies.add(latency);
  }
  return latencies;
}
