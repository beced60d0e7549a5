import type { MetricLabels, StoredMeasure } from '../../src/engine/telemetry/metrics/measures.ts';
import { MetricBatch } from '../../src/engine/telemetry/metrics/metricBatch.ts';
import { MetricStore } from '../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../src/engine/telemetry/metrics/metricStoreFormat.ts';

export interface MeasuredCall {
  timeMs: number;
  labels: MetricLabels;
  values: { readonly [measure in StoredMeasure]?: number };
}

/** Measures calls in the metric store of a workspace, as the consumer of spans would. */
export function measure(root: string, calls: readonly MeasuredCall[]): void {
  const store = new MetricStore(metricStorePath(root));
  const batch = new MetricBatch();
  for (const call of calls) batch.add({ ...call, finest: '1s' });
  const from = store.cursor('test');
  store.commit(batch, { name: 'test', from, to: { seq: from.seq + 1, mark: '' } }, Date.now());
  store.close();
}
