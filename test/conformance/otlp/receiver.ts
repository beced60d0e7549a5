import { type LocalServer, startServer } from '../../../src/engine/http/server/serverShell.ts';
import { spanPrice } from '../../../src/engine/models/prices/spanPrice.ts';
import { systemClock } from '../../../src/engine/ports.ts';
import type { TraceTree } from '../../../src/engine/telemetry/dialects/traceTree.ts';
import { otlpRoutes } from '../../../src/engine/telemetry/receiver/otlpRoutes.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { ReceivedTraces } from '../../../src/services/receivedTraces.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** The receiver as the services process has it, in this process. */
export class Receiver implements AsyncDisposable {
  readonly bugs: unknown[] = [];
  readonly #root = temporaryFolder();
  readonly #received: ReceivedTraces;
  #server: LocalServer | undefined;

  constructor() {
    this.#received = new ReceivedTraces({
      ...{ root: this.#root, clock: systemClock, onChange: () => {} },
      onBug: (error) => this.bugs.push(error),
    });
  }

  async start(): Promise<this> {
    this.#server = await startServer({
      ...{ name: 'the OTLP receiver', port: 0, token: 'unused', clock: systemClock },
      routes: otlpRoutes(this.#received, 'open'),
      onBug: (error) => this.bugs.push(error),
    });
    return this;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get counts() {
    return this.#received.received;
  }

  /** All traces that have come. */
  trees(): TraceTree[] {
    const store = new TraceStore(traceStorePath(this.#root), { price: spanPrice({}) });
    try {
      while (store.sumUp().length > 0);
      return store.traces({ limit: 100 }).traces.flatMap(({ traceId }) => store.tree(traceId) ?? []);
    } finally {
      store.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.close(0);
    this.#received.close();
  }
}
