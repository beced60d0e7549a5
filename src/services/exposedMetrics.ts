import type { Route } from '../engine/http/server/serverShell.ts';
import type { Clock } from '../engine/ports.ts';
import { Exposition } from '../engine/telemetry/metrics/prometheus/exposition.ts';
import { metricsRoute } from '../engine/telemetry/metrics/prometheus/metricsRoute.ts';
import { QualityMetrics } from '../engine/telemetry/metrics/prometheus/qualityMetrics.ts';
import { type Sample, Samples } from '../engine/telemetry/metrics/prometheus/samples.ts';
import { SpanMetrics } from '../engine/telemetry/metrics/prometheus/spanMetrics.ts';

/** What this process tells a Prometheus. */
export class ExposedMetrics {
  readonly spans: SpanMetrics;
  readonly quality: QualityMetrics;
  readonly #exposition = new Exposition();
  readonly #samples = new Samples(this.#exposition);

  constructor(clock: Clock) {
    this.spans = new SpanMetrics(this.#exposition, clock);
    this.quality = new QualityMetrics(this.#exposition);
  }

  /** Asked for its numbers with each scrape. */
  add(source: () => readonly Sample[]): void {
    this.#samples.add(source);
  }

  route(access: Route['access']): Route {
    const refresh = (): void => {
      this.spans.settle();
      this.#samples.refresh();
    };
    return metricsRoute(this.#exposition, { access, refresh });
  }
}
