import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { GatewayStatus } from '../engine/gateway/gatewayStatus.ts';
import type { RouteArms } from '../engine/gateway/routes/routeArms.ts';
import { readWrittenSpans } from '../engine/telemetry/writtenSpans.ts';
import type {
  Answer,
  FromGateway,
  GatewayOrder,
  GatewayThreadData,
  ServedAt,
  ToGateway,
} from './gatewayOrders.ts';
import { plainError, toError } from './gatewayOrders.ts';
import type { OpenedGateway, OpenGatewayPorts } from './liveGateway.ts';
import type { ReceivedTraces } from './receivedTraces.ts';
import { gatewayProgram } from './servicesProgram.ts';

/** More room for what is new would spare no more work, and is kept once it was needed. */
const LIMITS: ResourceLimits = { maxYoungGenerationSizeMb: 48 };
/** Beyond the grace of requests under way, an end is waited for so long, in milliseconds: a thread that hangs keeps nothing from ending. */
const MOST_ENDING_MS = 10_000;

type ThreadPorts = Pick<OpenGatewayPorts, 'clock' | 'secrets' | 'onChange' | 'onBug'>;

/**
 * The gateway in a thread of its own: what stores, measures and evaluates here waits for disks and works for long, and no client of
 * the gateway may notice. Where the thread breaks, this process ends as it would by itself. Rejects with StoreError.
 */
export async function openGatewayThread(
  ports: ThreadPorts & GatewayThreadData,
  traces: Pick<ReceivedTraces, 'keep'>,
  program = gatewayProgram(),
): Promise<OpenedGateway> {
  const { root, mayReadKeys } = ports;
  const workerData: GatewayThreadData = { root, mayReadKeys };
  const worker = new Worker(program, { workerData, resourceLimits: LIMITS });
  const thread = new GatewayThread(worker, ports, traces);
  // It answers once it is open.
  await thread.order({ do: 'look' });

  return {
    get status() {
      return thread.status;
    },
    use: async (workspace) =>
      void (await thread.order({ do: 'use', workspace: { ...workspace, warnings: [] } })),
    serve: async (at) => {
      const { server, address, port } = (await thread.order({ do: 'serve', ...at })) as ServedAt;
      const close = (graceMs: number) => thread.end({ do: 'end', server, graceMs }, graceMs + MOST_ENDING_MS);
      return { address, port, close };
    },
    setWeights: async (route, weights) => void (await thread.order({ do: 'weights', route, weights })),
    armsOf: async (route) => (await thread.order({ do: 'route', route })) as RouteArms,
    setArms: async (route, arms, revision) =>
      (await thread.order({ do: 'arms', route, arms, revision })) as RouteArms | undefined,
    mirror: async (route, shadow) => void (await thread.order({ do: 'mirror', route, shadow })),
    stopMirroring: async (route) => void (await thread.order({ do: 'stopMirroring', route })),
    look: async () => void (await thread.order({ do: 'look' })),
    close: () => thread.close(),
  };
}

class GatewayThread {
  status: GatewayStatus = { routes: [], problem: null };
  readonly #worker: Worker;
  readonly #ports: ThreadPorts;
  readonly #traces: Pick<ReceivedTraces, 'keep'>;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #ended = new AbortController();
  #lastId = 0;

  constructor(worker: Worker, ports: ThreadPorts, traces: Pick<ReceivedTraces, 'keep'>) {
    this.#worker = worker;
    this.#ports = ports;
    this.#traces = traces;
    worker.on('message', (message: FromGateway) => this.#hear(message));
    worker.on('error', (error) => this.#lost(error));
    worker.on('exit', (code) => this.#lost(new Error(`the thread of the gateway ended (exit code ${code})`)));
  }

  order(order: GatewayOrder): Promise<unknown> {
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#send({ kind: 'order', id, order });
    return waiting.promise;
  }

  /** Resolves once it is done, or after `ms`. */
  async end(order: GatewayOrder, ms: number): Promise<void> {
    const done = new AbortController();
    const late = this.#ports.clock.sleep(ms, done.signal).catch(() => {});
    try {
      await Promise.race([this.order(order), late]);
    } finally {
      done.abort('done');
    }
  }

  async close(): Promise<void> {
    await this.end({ do: 'close' }, MOST_ENDING_MS);
    this.#ended.abort('closed');
    await this.#worker.terminate();
  }

  #hear(message: FromGateway): void {
    switch (message.kind) {
      case 'answer':
        this.status = message.status;
        this.#answered(message.id, message);
        return;
      case 'status':
        this.status = message.status;
        this.#ports.onChange();
        return;
      case 'spans':
        void this.#reply(message.id, () =>
          this.#traces.keep({ spans: readWrittenSpans(message.written), logs: [] }),
        );
        return;
      case 'key':
        void this.#reply(message.id, () => this.#ports.secrets.get(message.key, this.#ended.signal));
        return;
      case 'bug':
        this.#ports.onBug(toError(message.error));
    }
  }

  #answered(id: number, answer: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (answer.ok) waiting?.resolve(answer.value);
    else waiting?.reject(toError(answer.error));
  }

  async #reply(id: number, work: () => Promise<unknown>): Promise<void> {
    try {
      this.#send({ kind: 'answer', id, ok: true, value: await work() });
    } catch (error) {
      this.#send({ kind: 'answer', id, ok: false, error: plainError(error) });
    }
  }

  #send(message: ToGateway): void {
    if (!this.#ended.signal.aborted) this.#worker.postMessage(message);
  }

  /** As a bug here would: whoever is attached starts another process, which goes on as this one did. */
  #lost(error: Error): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    setImmediate(() => {
      throw error;
    });
  }
}
