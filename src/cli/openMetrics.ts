import { isReceiving } from '../engine/attach/isReceiving.ts';
import { StoreError } from '../engine/errors.ts';
import { counted } from '../engine/model/figures.ts';
import { spanPrice } from '../engine/models/prices/spanPrice.ts';
import { systemClock } from '../engine/ports.ts';
import { RunStore } from '../engine/store/runStore.ts';
import { entryOf, storePath } from '../engine/store/storeFile.ts';
import { retentionOf } from '../engine/suites/config/metricsConfig.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { LiveQuality } from '../engine/telemetry/metrics/liveQuality.ts';
import { MetricConsumer } from '../engine/telemetry/metrics/metricConsumer.ts';
import { CURSORS, MetricStore } from '../engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../engine/telemetry/metrics/metricStoreFormat.ts';
import { measureRuns } from '../engine/telemetry/metrics/runQuality.ts';
import { TraceStore } from '../engine/traces/traceStore.ts';
import { traceStorePath } from '../engine/traces/traceStoreFormat.ts';
import { openWorkspace } from './openWorkspace.ts';
import type { Io } from './terminal/io.ts';

export interface OpenedMetrics extends Disposable {
  store: MetricStore;
  /** Milliseconds since the epoch. */
  now: number;
}

/** More than this take a while to measure. */
const MANY = 20_000;

/** The metrics of a workspace, up to now. Throws UserErrors for what is wrong with the workspace, and StoreError. */
export async function openMetrics(options: { config?: string }, io: Io): Promise<OpenedMetrics> {
  const { workspace } = await openWorkspace([], options, io.cwd, new AbortController().signal);
  const store = await caughtUp(workspace, io);
  return { store, now: systemClock.now(), [Symbol.dispose]: () => store.close() };
}

/** What runs and imports stored since is measured here, unless the process that receives traces does so. */
async function caughtUp({ root, config }: Workspace, io: Io): Promise<MetricStore> {
  const file = metricStorePath(root);
  const isThere = [traceStorePath(root), storePath(root)].some((path) => entryOf(path) !== undefined);
  if (!isThere || isReceiving(root)) return new MetricStore(file, { access: 'read' });

  const store = new MetricStore(file);
  try {
    store.keep(retentionOf(config), systemClock.now());
    const shared = { store, clock: systemClock };
    using traces = new ReadTraces(root);
    const behind = traces.log.lastSeq - store.cursor(CURSORS.spans).seq;
    if (behind > MANY) io.err(io.errStyle.dim(`measuring ${counted(behind, 'span')}…`));
    const spans = new MetricConsumer({ ...shared, log: traces.log, price: spanPrice(config.providers) });
    while (await spans.next());
    const quality = new LiveQuality({ ...shared, log: traces.evaluations });
    while (quality.next());
    await measureRuns({ ...shared, runs: traces.runs });
    return store;
  } catch (error) {
    store.close();
    if (!(error instanceof StoreError)) throw error;
    // What was measured before can be shown still.
    io.err(io.errStyle.dim(`not measured up to now: ${error.message}`));
    return new MetricStore(file, { access: 'read' });
  }
}

class ReadTraces implements Disposable {
  readonly #traces: TraceStore;
  readonly runs: RunStore;

  constructor(root: string) {
    this.#traces = new TraceStore(traceStorePath(root), { access: 'read' });
    this.runs = new RunStore(storePath(root), { access: 'read' });
  }

  get log() {
    return this.#traces.log;
  }

  get evaluations() {
    return this.#traces.evaluations;
  }

  [Symbol.dispose](): void {
    this.#traces.close();
    this.runs.close();
  }
}
