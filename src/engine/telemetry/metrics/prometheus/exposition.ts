import { Counter, Gauge, Histogram, Registry, type RegistryContentType } from 'prom-client';

export interface Scrape {
  contentType: string;
  body: string;
}

interface MetricOptions {
  name: string;
  help: string;
  labels: readonly string[];
}

const OPEN_METRICS = Registry.OPENMETRICS_CONTENT_TYPE;
const TEXT = Registry.PROMETHEUS_CONTENT_TYPE;

/** The metrics of this process, in the format that a scraper prefers. Only OpenMetrics has exemplars. */
export class Exposition {
  readonly #registry = new Registry<RegistryContentType>();
  readonly #counters: { metric: Counter; name: string }[] = [];
  #last: Promise<unknown> = Promise.resolve();
  /** Those that have not begun, by whether they are in OpenMetrics. */
  readonly #waiting = new Map<boolean, Promise<Scrape>>();

  constructor() {
    // Only such a registry takes metrics with exemplars; what is written is chosen for each scrape.
    this.#registry.setContentType(OPEN_METRICS);
  }

  /** `buckets` in ascending order. Values are observed with the trace that they come from. */
  histogram({ name, help, labels, buckets }: MetricOptions & { buckets: readonly number[] }): Histogram {
    return new Histogram({
      ...{ name, help, labelNames: [...labels], buckets: [...buckets], enableExemplars: true },
      registers: [this.#registry],
    });
  }

  /** `name` ends with `_total`. */
  counter({ name, help, labels }: MetricOptions): Counter {
    const metric = new Counter({ name, help, labelNames: [...labels], registers: [this.#registry] });
    this.#counters.push({ metric, name });
    return metric;
  }

  gauge({ name, help, labels }: MetricOptions): Gauge {
    return new Gauge({ name, help, labelNames: [...labels], registers: [this.#registry] });
  }

  /**
   * One after the other: the format is a state of the registry while it writes. Those that wait for the same format get the same, so that
   * many scrapers hold up the receiver no longer than a few.
   */
  scrape(accept: string | undefined): Promise<Scrape> {
    const isOpen = prefersOpenMetrics(accept);
    const waiting = this.#waiting.get(isOpen);
    if (waiting) return waiting;

    const done = this.#last.then(() => {
      this.#waiting.delete(isOpen);
      return this.#write(isOpen);
    });
    this.#waiting.set(isOpen, done);
    this.#last = done.catch(() => {});
    return done;
  }

  async #write(isOpen: boolean): Promise<Scrape> {
    const contentType = isOpen ? OPEN_METRICS : TEXT;
    // Writing OpenMetrics takes the suffix off the names of counters, and leaves them so.
    for (const { metric, name } of this.#counters) Object.assign(metric, { name });
    this.#registry.setContentType(contentType);
    return { contentType, body: await this.#registry.metrics() };
  }
}

/** Whether `Accept` ranks OpenMetrics, in a version that we write, no lower than the classic format. */
export function prefersOpenMetrics(accept = ''): boolean {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const given = new Map(
      parameters.map((part) => part.split('=', 2).map((side) => side.trim()) as [string, string]),
    );
    return { type, version: unquoted(given.get('version')), quality: qualityOf(given.get('q')) };
  });
  const best = (matches: (range: (typeof ranges)[number]) => boolean): number =>
    Math.max(0, ...ranges.filter(matches).map(({ quality }) => quality));

  const open = best(
    ({ type, version }) => type === 'application/openmetrics-text' && VERSIONS.has(version ?? ''),
  );
  return open > 0 && open >= best(({ type }) => type === 'text/plain');
}

/** Those that what we write is valid in. */
const VERSIONS: ReadonlySet<string> = new Set(['', '1.0.0', '0.0.1']);

function unquoted(text: string | undefined): string | undefined {
  return text?.replace(/^"(.*)"$/, '$1');
}

function qualityOf(text: string | undefined): number {
  const quality = text === undefined ? 1 : Number(text);
  return quality >= 0 && quality <= 1 ? quality : 0;
}
