import type { Counter, Gauge } from 'prom-client';
import type { Exposition } from './exposition.ts';
import { LabelSets } from './labelSets.ts';

/** A number as it is when a scraper asks. */
export interface Sample {
  /** Of a counter it ends with `_total`. */
  name: string;
  help: string;
  kind: 'counter' | 'gauge';
  /** The same names in each sample of a metric. */
  labels: { readonly [name: string]: string };
  value: number;
}

/** Metrics that something else counts: they are asked for when they are scraped. */
export class Samples {
  readonly #exposition: Exposition;
  readonly #sources: (() => readonly Sample[])[] = [];
  readonly #metrics = new Map<string, { metric: Counter | Gauge; sets: LabelSets }>();

  constructor(exposition: Exposition) {
    this.#exposition = exposition;
  }

  add(source: () => readonly Sample[]): void {
    this.#sources.push(source);
  }

  /** Brings the metrics up to now. What no source tells of any more is gone. */
  refresh(): void {
    const samples = this.#sources.flatMap((source) => source());
    for (const { metric } of this.#metrics.values()) metric.reset();
    for (const sample of samples) {
      if (!Number.isFinite(sample.value) || (sample.kind === 'counter' && sample.value < 0)) continue;
      const { metric, sets } = this.#metricOf(sample);
      metric.inc(sets.of(sample.labels), sample.value);
    }
  }

  #metricOf({ name, help, kind, labels }: Sample): { metric: Counter | Gauge; sets: LabelSets } {
    const known = this.#metrics.get(name);
    if (known) return known;
    const options = { name, help, labels: Object.keys(labels) };
    const metric = kind === 'counter' ? this.#exposition.counter(options) : this.#exposition.gauge(options);
    const made = { metric, sets: new LabelSets() };
    this.#metrics.set(name, made);
    return made;
  }
}
