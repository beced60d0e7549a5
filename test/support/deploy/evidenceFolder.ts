import type { EvidenceSource } from '../../../src/engine/deploy/evidence/evidenceSource.ts';
import { monitorName, monitorOf } from '../../../src/engine/deploy/evidence/monitorOf.ts';
import { openEvidence } from '../../../src/engine/deploy/evidence/openEvidence.ts';
import type { Pair, Router } from '../../../src/engine/deploy/routers/router.ts';
import type { SpanRecord } from '../../../src/engine/model/span.ts';
import { EvaluationStream } from '../../../src/engine/monitors/evaluationStream.ts';
import { MonitorStore } from '../../../src/engine/monitors/monitorStore.ts';
import { openMonitors } from '../../../src/engine/monitors/openMonitors.ts';
import { fixedEnvironment, noLog } from '../../../src/engine/ports.ts';
import type { DeploymentConfig } from '../../../src/engine/suites/deploying/deploymentConfig.ts';
import { loadWorkspace, type Workspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { processOwner } from '../../../src/processOwner.ts';
import { ManualClock } from '../manualClock.ts';
import { spanRecord } from '../spanRecord.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { deploymentWith } from './judgedSamples.ts';

export const NOW = 1_800_000_000_000;

export const PAIR: Pair = {
  blue: { name: 'older', target: { kind: 'url', url: 'http://127.0.0.1:1' }, digest: 'd1' },
  green: { name: 'newer', target: { kind: 'url', url: 'http://127.0.0.1:2' }, digest: 'd2' },
};

const FILES = {
  'touchstone.yaml': `suites:
  support:
    dataset: support.golden.yaml
    targets: [ { name: agent, http: "http://127.0.0.1:9/agent" } ]
    evaluators: [ { contains: polite }, equals ]
`,
  'support.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: one, input: hello, tags: [critical], expected_output: { answer: polite hello } }
  - { id: two, input: bye, expected_output: { answer: polite bye } }
`,
};

let seeds = 0;

/** A workspace with a trace store, and the evidence of a deployment of its route. */
export class EvidenceFolder {
  readonly root: string;
  readonly clock = new ManualClock();
  readonly traces: TraceStore;
  readonly config: DeploymentConfig;
  readonly workspace: Workspace;
  /** Of the deployment; undefined: all that was ever spent is its own. */
  beganMs: number | undefined;
  /** How often it was said that the money is spent. */
  spent = 0;
  #evidence: EvidenceSource | undefined;
  readonly #router: Pick<Router, 'target'>;

  private constructor(
    root: string,
    workspace: Workspace,
    config: DeploymentConfig,
    router: Pick<Router, 'target'>,
  ) {
    this.root = root;
    this.workspace = workspace;
    this.config = config;
    this.#router = router;
    this.traces = new TraceStore(traceStorePath(root), { clock: this.clock });
  }

  static async open(
    evidence: Partial<DeploymentConfig['evidence']> = {},
    {
      config = {},
      router = { target: () => Promise.reject(new Error('nothing is asked')) },
    }: { config?: Partial<DeploymentConfig>; router?: Pick<Router, 'target'> } = {},
  ): Promise<EvidenceFolder> {
    const root = temporaryFolder(FILES);
    const signal = new AbortController().signal;
    const workspace = await loadWorkspace({ root, environment: fixedEnvironment({}), signal });
    return new EvidenceFolder(
      root,
      workspace,
      { ...deploymentWith({}, evidence), suite: 'support', ...config },
      router,
    );
  }

  get evidence(): EvidenceSource {
    this.#evidence ??= openEvidence({
      ...{ workspace: this.workspace, config: this.config, router: this.#router, clock: this.clock },
      ...{ random: countingRandom(), environment: fixedEnvironment({}), log: noLog, owner: processOwner() },
      ...(this.beganMs === undefined ? {} : { beganMs: this.beganMs }),
      onSpent: () => {
        this.spent += 1;
      },
    });
    return this.#evidence;
  }

  read(sinceMs: number, pair = PAIR) {
    return this.evidence.read(pair, { sinceMs, untilMs: sinceMs + 600_000 }, new AbortController().signal);
  }

  /** As another process would. */
  async restart(): Promise<void> {
    await this.#evidence?.end(new AbortController().signal);
    this.#evidence = undefined;
  }

  /** Evaluates all that has come, by the monitor of the deployment. */
  async evaluate(): Promise<void> {
    const monitor = monitorOf(this.workspace, this.config);
    const workspace = {
      ...this.workspace,
      config: { ...this.workspace.config, monitors: monitor ? [monitor] : [] },
    };
    const ports = {
      clock: this.clock,
      random: countingRandom(),
      environment: fixedEnvironment({}),
      log: noLog,
    };
    const opened = await openMonitors(
      workspace,
      { ...ports, owner: processOwner() },
      new AbortController().signal,
    );
    const store = new MonitorStore(traceStorePath(this.root));
    const stream = new EvaluationStream({
      ...{ spans: this.traces.log, store, clock: this.clock, traces: this.traces },
      ...{
        publish: () => {},
        onBug: (error) => {
          throw error;
        },
      },
    });
    await stream.use({ ...opened, price: () => null }, 0);
    while (stream.step());
    await stream.close();
    await opened.close();
    store.close();
  }

  /** What a judge of the deployment took for an answer. */
  judged(costUsd: number, atMs: number): void {
    const of = traceId(atMs % 1000);
    this.traces.append(exchangeSpans('newer', { traceId: of, atMs }), []);
    const store = new MonitorStore(traceStorePath(this.root));
    store.commit({
      evaluations: [
        {
          ...{ traceId: of, spanId: of.slice(0, 16), monitor: monitorName(this.config.name) },
          ...{ evaluator: 'judge', type: 'llm-judge', stage: 'judge', score: 1, passed: true },
          ...{ reason: 'fine', costUsd, latencyMs: 5, atMs, spanEndMs: atMs },
          labels: { service: 'desk', model: null, release: null },
        },
      ],
    });
    store.close();
  }

  async close(): Promise<void> {
    await this.restart();
    this.traces.close();
  }
}

/** An exchange of the route with a version, and the attempt below it. */
export function exchangeSpans(
  arm: string,
  {
    traceId,
    atMs = NOW,
    attributes = {},
    text = 'polite',
    attempts = 1,
  }: {
    traceId: string;
    atMs?: number;
    attributes?: SpanRecord['attributes'];
    text?: string;
    attempts?: number;
  },
): SpanRecord[] {
  const tried = Array.from({ length: attempts }, (_, at) =>
    spanRecord({
      ...{
        traceId,
        spanId: `f${at}${traceId.slice(0, 14)}`,
        parentSpanId: traceId.slice(0, 16),
        kind: 'client',
      },
      ...{ startMs: atMs, endMs: atMs + 400 },
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'touchstone.target.name': arm,
        'gen_ai.response.model': `model of ${arm}`,
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: text }] },
        ]),
      },
    }),
  );
  const exchange = spanRecord({
    ...{ traceId, spanId: traceId.slice(0, 16), kind: 'server', startMs: atMs, endMs: atMs + 500 },
    attributes: {
      'touchstone.gateway.route': 'support',
      'touchstone.gateway.arm': arm,
      'touchstone.target.name': arm,
      'touchstone.gateway.ending': 'done',
      'http.response.status_code': 200,
      ...attributes,
    },
  });
  return [...tried, exchange];
}

export function traceId(n: number): string {
  return (n + 1).toString(16).padStart(8, '0').repeat(4);
}

function countingRandom() {
  seeds += 1;
  let n = seeds * 1_000_000;
  const next = () => (n += 1);
  return {
    next: () => (next() % 1000) / 1000,
    hex: (bytes: number) =>
      next()
        .toString(16)
        .padStart(2 * bytes, '0')
        .slice(-2 * bytes),
    bytes: (count: number) => new Uint8Array(count),
  };
}
