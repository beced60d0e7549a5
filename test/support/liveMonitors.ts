import type { LiveEvaluation } from '../../src/engine/model/liveEvaluation.ts';
import type { SpanRecord } from '../../src/engine/model/span.ts';
import { EvaluationStream } from '../../src/engine/monitors/evaluationStream.ts';
import type { MonitorFigures } from '../../src/engine/monitors/monitorFigures.ts';
import { MonitorStore } from '../../src/engine/monitors/monitorStore.ts';
import { type OpenMonitors, openMonitors } from '../../src/engine/monitors/openMonitors.ts';
import { type Clock, fixedEnvironment, noLog } from '../../src/engine/ports.ts';
import { loadWorkspace } from '../../src/engine/suites/loadWorkspace.ts';
import { EvaluationHub } from '../../src/engine/telemetry/stream/evaluationHub.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { processOwner } from '../../src/processOwner.ts';
import { ManualClock } from './manualClock.ts';
import { spanRecord } from './spanRecord.ts';
import { stillRandom } from './stillRandom.ts';
import { temporaryFolder, writeFiles } from './temporaryFolder.ts';

/** Monitors of a touchstone.yaml over a trace store, as the services process has them. */
export class LiveMonitors {
  readonly root: string;
  readonly clock: Clock;
  readonly traces: TraceStore;
  readonly store: MonitorStore;
  readonly stream: EvaluationStream;
  readonly hub = new EvaluationHub();
  readonly bugs: unknown[] = [];
  #opened: OpenMonitors | undefined;

  constructor({
    root = temporaryFolder(),
    clock = new ManualClock(),
  }: { root?: string; clock?: Clock } = {}) {
    this.root = root;
    this.clock = clock;
    const file = traceStorePath(root);
    this.traces = new TraceStore(file, { clock });
    this.store = new MonitorStore(file);
    this.stream = new EvaluationStream({
      ...{ spans: this.traces.log, store: this.store, clock },
      traces: this.traces,
      publish: (evaluations) => this.hub.publish(evaluations),
      onBug: (error) => void this.bugs.push(error),
    });
  }

  /** Monitors as YAML, below `monitors:`; `more` stands before it. */
  async use(monitors: string, more = ''): Promise<void> {
    const indented = monitors.replace(/^/gm, '  ');
    writeFiles(this.root, { 'touchstone.yaml': `${more}\nmonitors:\n${indented}\n` });
    const signal = new AbortController().signal;
    const environment = fixedEnvironment({ KEY: 'secret-key-of-the-judge' });
    const workspace = await loadWorkspace({ root: this.root, environment, signal });
    const ports = { clock: this.clock, random: stillRandom, log: noLog, owner: processOwner(), environment };
    const before = this.#opened;
    this.#opened = await openMonitors(workspace, ports, signal);
    const ended = this.stream.use({ ...this.#opened, price: () => null });
    if (before) void ended.then(() => before.close());
  }

  /** What keeps judges from being asked. */
  get problem(): string | null | undefined {
    return this.#opened?.problem;
  }

  receive(...spans: SpanRecord[]): void {
    this.traces.append(spans, []);
  }

  /** Evaluates all that has come. */
  advance(): void {
    while (this.stream.step());
  }

  get evaluations(): LiveEvaluation[] {
    return this.traces.evaluations.after(0, 100_000);
  }

  /** `monitor/evaluator of span: pass`, sorted. */
  get said(): string[] {
    return this.evaluations
      .map(
        ({ monitor, evaluator, spanId, passed }) => `${monitor}/${evaluator} of ${spanId}: ${wordOf(passed)}`,
      )
      .sort();
  }

  figures(monitor: string): MonitorFigures | undefined {
    return this.store.figures.find((one) => one.monitor === monitor);
  }

  /** Resolves once so many evaluations are stored. */
  async until(count: number): Promise<void> {
    for (let turn = 0; this.evaluations.length < count; turn++) {
      if (turn > 2_000) throw new Error(`${this.evaluations.length} of ${count} evaluations were made`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async close(): Promise<void> {
    await this.stream.close();
    await this.#opened?.close();
    this.store.close();
    this.traces.close();
  }
}

function wordOf(passed: boolean | null): string {
  if (passed === null) return 'error';
  return passed ? 'pass' : 'fail';
}

const NOW = 1_800_000_000_000;

/** A span of an agent that has just ended, with what went in and came out. */
export function agentSpan(
  spanId: string,
  {
    traceId = 'a'.repeat(32),
    answer,
    question = 'Where is my order?',
    attributes = {},
    ...more
  }: Partial<SpanRecord> & {
    answer?: string;
    question?: string;
  } = {},
): SpanRecord {
  const content = (role: string, text: string) =>
    JSON.stringify([{ role, parts: [{ type: 'text', content: text }] }]);
  return spanRecord({
    ...{ traceId, spanId, name: 'invoke_agent support', startMs: NOW - 1_000, endMs: NOW - 100 },
    service: 'support-agent',
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'support',
      'gen_ai.input.messages': content('user', question),
      ...(answer === undefined ? {} : { 'gen_ai.output.messages': content('assistant', answer) }),
      ...attributes,
    },
    ...more,
  });
}

export function toolSpan(
  spanId: string,
  { attributes = {}, ...more }: Partial<SpanRecord> & { traceId?: string } = {},
): SpanRecord {
  return spanRecord({
    ...{ traceId: 'a'.repeat(32), spanId, name: 'execute_tool lookup', startMs: NOW - 900, endMs: NOW - 500 },
    service: 'support-agent',
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'lookup',
      'gen_ai.tool.call.arguments': '{"order":"A1001"}',
      'gen_ai.tool.call.result': '{"status":"shipped"}',
      ...attributes,
    },
    ...more,
  });
}
