import { existsSync } from 'node:fs';
import path from 'node:path';
import { servicesFiles } from '../../src/engine/attach/servicesFiles.ts';
import { readLease, type ServicesLease } from '../../src/engine/attach/servicesLease.ts';
import { systemClock } from '../../src/engine/ports.ts';
import { isRunning } from '../../src/engine/processes/processIdentity.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { stopServices } from '../../src/services/stopServices.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A workspace whose services process ends with the test. */
export class ServedWorkspace implements AsyncDisposable {
  readonly root: string;

  constructor(files: { [path: string]: string } = {}) {
    this.root = temporaryFolder(files);
  }

  get lease(): ServicesLease | undefined {
    return readLease(servicesFiles(this.root).lease);
  }

  get leaseFile(): string {
    return path.join(this.root, '.touchstone', 'services.json');
  }

  /** The process that says that it serves, and lives. */
  get pid(): number | undefined {
    const { lease } = this;
    return lease && isRunning(lease.pid, lease.started) === true ? lease.pid : undefined;
  }

  /** Names of the stored spans of a trace. */
  spans(traceId: string): string[] {
    if (!existsSync(traceStorePath(this.root))) return [];
    const store = new TraceStore(traceStorePath(this.root), { access: 'read' });
    try {
      return store.records(traceId).spans.map(({ name }) => name);
    } finally {
      store.close();
    }
  }

  /** As the system does it where memory is short. */
  async kill(): Promise<number> {
    const { lease } = this;
    if (!lease) throw new Error('no process to kill');
    process.kill(lease.pid, 'SIGKILL');
    while (isRunning(lease.pid, lease.started) !== false) await systemClock.sleep(5);
    return lease.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (existsSync(this.root)) await stopServices(this.root, systemClock);
  }
}

/** A body of OTLP with one span for each name. */
export function exportOf(traceId: string, names: readonly string[]): string {
  const time = `${Date.now()}000000`;
  const spans = names.map((name, at) => ({
    traceId,
    spanId: (at + 1).toString(16).padStart(16, '0'),
    name,
    kind: 1,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

/** Sends a body as an exporter does; its status. */
export async function sendTraces(
  endpoint: string,
  body: string,
  headers: { [name: string]: string } = {},
): Promise<number> {
  const response = await fetch(`${endpoint}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** Repeats until it holds; what keeps it from that is thrown in the end. */
export async function until<T>(look: () => T | Promise<T>, ms = 20_000): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await systemClock.sleep(20);
    }
  }
}
