import * as vscode from 'vscode';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { DriftEntry } from '../../protocol/datasetCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';

export interface DatasetFact {
  details: EngineCalls['dataset/describe']['result'];
  /** Undefined where it was not asked for: the workspace is not trusted. */
  drift: DriftEntry | undefined;
}

/** Reading a dataset takes its time, so the view is drawn anew at most this often; in milliseconds. */
const REDRAW_MS = 250;

/** Versions and sizes of datasets, read one after the other behind the view's back. */
export class DatasetFacts implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #output: Output;
  readonly #changed = new vscode.EventEmitter<void>();
  #facts = new Map<string, DatasetFact>();
  #reading: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient, output: Output) {
    this.#engine = engine;
    this.#output = output;
  }

  /** Undefined until it was read. */
  of(path: string): DatasetFact | undefined {
    return this.#facts.get(path);
  }

  /** Begins to read these datasets anew; what was known stays until then. */
  read(paths: readonly string[]): void {
    this.#reading?.abort();
    this.#reading = new AbortController();
    const wanted = new Set(paths);
    this.#facts = new Map([...this.#facts].filter(([path]) => wanted.has(path)));
    void this.#readAll(paths, this.#reading.signal);
  }

  dispose(): void {
    this.#reading?.abort();
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  async #readAll(paths: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      for (const path of paths) {
        const details = await this.#engine.call('dataset/describe', { path }, signal);
        this.#put(path, { details, drift: this.#facts.get(path)?.drift });
      }
      if (!vscode.workspace.isTrusted) return;
      for (const path of paths) {
        const drift = await this.#engine.call('dataset/drift', { path }, signal);
        const known = this.#facts.get(path);
        if (known) this.#put(path, { ...known, drift });
      }
    } catch (error) {
      if (!signal.aborted) this.#output.log('debug', `could not read a dataset: ${String(error)}`);
    }
  }

  #put(path: string, fact: DatasetFact): void {
    this.#facts.set(path, fact);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire();
    }, REDRAW_MS);
  }
}
