import { type ChildProcess, spawn } from 'node:child_process';
import type * as z from 'zod';
import type { bridgeCalls } from '../../protocol/bridgeCalls.ts';
import type { Handlers, Method, ResultOf } from '../../protocol/call.ts';
import { type EngineCalls, engineCalls, interfaceCalls } from '../../protocol/calls.ts';
import { engineEvents } from '../../protocol/events.ts';
import type { Failure } from '../../protocol/failure.ts';
import { Peer } from '../../protocol/peer.ts';

export type Initialize = EngineCalls['initialize']['params'];

export interface EngineProcessOptions {
  /** The bundled program, absolute. */
  script: string;
  initialize: Initialize;
  handlers: Handlers<typeof bridgeCalls>;
  /** What a thrown error is to the engine. */
  toFailure(error: unknown): Failure;
  onEvent<M extends Method<typeof engineEvents>>(event: M, data: z.output<(typeof engineEvents)[M]>): void;
  /** A line that the process wrote to standard error, or an event that is not understood. */
  onNoise(line: string): void;
  /** Called once, when the process has ended and nobody asked it to. */
  onCrash(reason: string): void;
}

/** How long a process may take to end by itself, in milliseconds. */
const PATIENCE_MS = 4_000;

/** One engine process and the connection to it. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #peer: Peer<typeof engineCalls>;
  readonly #exited: Promise<void>;
  #stopping = false;

  private constructor(options: EngineProcessOptions) {
    const { child, input, output } = spawnEngine(options);
    this.#child = child;
    this.#peer = new Peer({ input, output }, engineCalls);
    this.#peer.answer(interfaceCalls, options.handlers, options.toFailure);
    this.#peer.hear(engineEvents, options.onEvent, (event, error) =>
      options.onNoise(`invalid event ${event}: ${error.message}`),
    );
    this.#peer.listen();
    this.#exited = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    child.once('error', (error) => this.#ended(error.message, options));
    child.once('exit', (code, signal) => this.#ended(signal ?? `exit code ${code}`, options));
  }

  /** Resolves when the engine has answered; rejects when it could not start. */
  static async start(options: EngineProcessOptions): Promise<EngineProcess> {
    const process = new EngineProcess(options);
    const never = new AbortController();
    try {
      await process.call('initialize', options.initialize, never.signal);
      return process;
    } catch (error) {
      await process.stop();
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  call<M extends Method<typeof engineCalls>>(
    method: M,
    params: z.input<(typeof engineCalls)[M]['params']>,
    signal: AbortSignal,
  ): Promise<ResultOf<typeof engineCalls, M>> {
    return this.#peer.call(method, params, signal);
  }

  /** Closes its input, which ends it; a process that does not listen is killed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS);
    await this.#exited;
    clearTimeout(timer);
    this.#peer.close();
  }

  #ended(reason: string, options: EngineProcessOptions): void {
    // Calls under way are rejected by this.
    this.#peer.close();
    if (this.#stopping) return;
    this.#stopping = true;
    options.onCrash(reason);
  }
}

function spawnEngine({ script, onNoise }: EngineProcessOptions) {
  // The editor's own program is Node when it is told so; it has node:sqlite since VS Code 1.101.
  const child = spawn(process.execPath, [script], {
    env: { ...ownEnvironment(), ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  // A process that ends while it is written to is reported by its exit.
  child.stdin.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) if (line.trim() !== '') onNoise(line);
  });
  return { child, input: child.stdout, output: child.stdin };
}

/** Without what belongs to the editor's own processes. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name),
  );
  return Object.fromEntries(kept);
}
