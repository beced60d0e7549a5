import { PassThrough } from 'node:stream';
import { fixedEnvironment, systemClock } from '../../src/engine/ports.ts';
import { serve } from '../../src/engineProcess/serve.ts';
import { processOwner } from '../../src/processOwner.ts';
import type { bridgeCalls } from '../../src/protocol/bridgeCalls.ts';
import type { Handlers, Method, ResultOf } from '../../src/protocol/call.ts';
import { CallFailure } from '../../src/protocol/callFailure.ts';
import { engineCalls, interfaceCalls } from '../../src/protocol/calls.ts';
import { type EngineEvents, engineEvents } from '../../src/protocol/events.ts';
import type { Failure } from '../../src/protocol/failure.ts';
import { Peer } from '../../src/protocol/peer.ts';
import { systemRandom } from '../../src/systemRandom.ts';

export interface WindowOptions {
  trusted?: boolean;
  config?: string | null;
  environment?: { [name: string]: string };
  handlers?: Partial<Handlers<typeof bridgeCalls>>;
  /** False to make the first call oneself. */
  initialize?: boolean;
}

type Calls = typeof engineCalls;

/** The other end of an engine process, as a window would be, over streams within this process. */
export class TestWindow implements AsyncDisposable {
  readonly events: { [M in keyof EngineEvents]: EngineEvents[M][] } = {
    'run/started': [],
    'run/results': [],
    'run/finished': [],
    'compare/progress': [],
    'compare/finished': [],
    'providers/changed': [],
    'receiver/changed': [],
    'traces/changed': [],
    'metrics/changed': [],
    'alerts/changed': [],
    log: [],
  };
  readonly #peer: Peer<Calls>;
  readonly #input: PassThrough;
  readonly #served: Promise<void>;
  readonly #watchers = new Set<() => void>();

  private constructor(options: WindowOptions) {
    const toEngine = new PassThrough();
    const fromEngine = new PassThrough();
    this.#input = toEngine;
    this.#served = serve(
      { input: toEngine, output: fromEngine },
      {
        clock: systemClock,
        random: systemRandom,
        environment: fixedEnvironment(options.environment ?? { PATH: process.env['PATH'] ?? '' }),
        owner: processOwner(),
      },
    );
    this.#peer = new Peer({ input: fromEngine, output: toEngine }, engineCalls);
    this.#peer.answer(
      interfaceCalls,
      {
        'model/complete': () => Promise.reject(new Error('no model is scripted')),
        'secret/get': () => ({ value: null }),
        ...options.handlers,
      },
      toFailure,
    );
    this.#peer.hear(
      engineEvents,
      (event, data) => {
        (this.events[event] as unknown[]).push(data);
        for (const watcher of this.#watchers) watcher();
      },
      (event, error) => {
        throw new Error(`the event ${event} does not fit its schema: ${error.message}`);
      },
    );
    this.#peer.listen();
  }

  static async open(root: string, options: WindowOptions = {}): Promise<TestWindow> {
    const window = new TestWindow(options);
    if (options.initialize === false) return window;
    const { trusted = true, config = null } = options;
    await window.call('initialize', { root, config, trusted, bridge: true });
    return window;
  }

  call<M extends Method<Calls>>(
    method: M,
    params: Parameters<Peer<Calls>['call']>[1] & object,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<ResultOf<Calls, M>> {
    return this.#peer.call(method, params as never, signal);
  }

  /** The failure of a call that must fail. */
  async failure(method: Method<Calls>, params: object): Promise<Failure> {
    try {
      await this.call(method, params as never);
    } catch (error) {
      if (error instanceof CallFailure) return error.failure;
      throw error;
    }
    throw new Error(`${method} did not fail`);
  }

  /** The first event that meets a condition, whether it has come already or comes later. */
  async heard<M extends keyof EngineEvents>(
    event: M,
    meets: (data: EngineEvents[M]) => boolean = () => true,
  ): Promise<EngineEvents[M]> {
    for (;;) {
      const found = (this.events[event] as EngineEvents[M][]).find(meets);
      if (found) return found;
      await new Promise<void>((resolve) => {
        const watcher = (): void => {
          this.#watchers.delete(watcher);
          resolve();
        };
        this.#watchers.add(watcher);
      });
    }
  }

  /** Starts a suite and waits for its end. */
  async run(suite: string, more: object = {}): Promise<{ runId: string; end: EngineEvents['run/finished'] }> {
    const { runIds } = await this.call('run/start', { suite, ...more } as never);
    const [runId = ''] = runIds;
    return { runId, end: await this.heard('run/finished', (data) => data.runId === runId) };
  }

  /** As a window that is closed; resolves when the engine has put everything away. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#input.destroy();
    await this.#served;
    this.#peer.close();
  }
}

function toFailure(error: unknown): Failure {
  if (error instanceof CallFailure) return error.failure;
  return { kind: 'bug', message: String(error) };
}
