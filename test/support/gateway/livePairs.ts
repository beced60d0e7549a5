import type { ReplySummary } from '../../../src/engine/gateway/apis/replyTap.ts';
import type { FinishedExchange } from '../../../src/engine/gateway/exchange/finishedExchange.ts';
import { openPairs } from '../../../src/engine/gateway/pairs/openPairs.ts';
import type { PairComparison } from '../../../src/engine/gateway/pairs/pairComparison.ts';
import type { ShadowPair } from '../../../src/engine/gateway/shadow/shadowPair.ts';
import { noLog, systemClock } from '../../../src/engine/ports.ts';
import { EngineModels } from '../../../src/engine/runs/preparation/engineModels.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import type { RouteConfig, ShadowConfig } from '../../../src/engine/suites/gateway/gatewayConfig.ts';
import { loadWorkspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { processOwner } from '../../../src/processOwner.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

export const SUITE = `suites:
  tone:
    dataset: tone.golden.yaml
    targets: [{ name: echo, echo: true }]
    evaluators:
      - contains: { value: please }
      - equals
`;

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - id: one
    input: hello
`;

export const ROUTE: RouteConfig = {
  name: 'support',
  match: { path: '/v1' },
  arms: [{ name: 'old', weight: 1, target: { kind: 'provider', provider: 'local', model: 'old' } }],
  pool: 'gateway',
  limits: { firstTokenMs: 1_000, idleMs: 1_000, wholeMs: 1_000, pauseMs: 5_000, queueMs: 60_000 },
  fallbacks: [],
  cache: false,
  isSafeToMirror: true,
  keep: 'content',
};

export const SHADOW: ShadowConfig = {
  to: { kind: 'provider', provider: 'local', model: 'new' },
  share: 1,
  suite: 'tone',
  maxPairs: 400,
  workers: 4,
  queue: 100,
};

/** A finished exchange: what it was asked, and what came; null where nothing did. */
export function exchange(
  id: string,
  asked: string,
  text: string | null,
  more: Partial<FinishedExchange> = {},
): FinishedExchange {
  return {
    id,
    ...{ route: 'support', arm: 'old', api: 'chat', startedMs: 1_800_000_000_000, firstContentMs: 5 },
    ...{ durationMs: 10, ending: text === null ? 'failed' : 'done', reason: null },
    status: text === null ? 500 : 200,
    request: {
      ...{ method: 'POST', target: '/v1/chat/completions', headers: {} },
      body: Buffer.from(JSON.stringify({ model: 'asked', messages: [{ role: 'user', content: asked }] })),
    },
    reply: null,
    summary: text === null ? null : summary(text),
    ...{
      costUsd: 0.001,
      source: 'upstream',
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      stickyKey: null,
    },
    ...more,
  };
}

function summary(text: string): ReplySummary {
  const told = { model: 'm', responseId: null, usage: null, finishReasons: ['stop'], fingerprint: null };
  return { ...told, text, toolCalls: [] };
}

export function pair(
  id: string,
  asked: string,
  [before, after]: [string | null, string | null],
  more: Partial<FinishedExchange> = {},
): ShadowPair {
  const candidate = exchange(`${id}-shadow`, asked, after, { arm: null, traceId: 'c'.repeat(32) });
  return {
    primary: exchange(id, asked, before, more),
    candidate,
    candidateCalls: [candidate],
    divergence: null,
  };
}

export interface OpenedPairs {
  root: string;
  store: RunStore;
  comparison: PairComparison;
  ends: string[];
  bugs: unknown[];
  /** Until nothing waits, or it has ended. */
  settled(): Promise<void>;
}

export async function openLivePairs(
  options: {
    root?: string;
    route?: Partial<RouteConfig>;
    shadow?: Partial<ShadowConfig>;
    config?: string;
  } = {},
): Promise<OpenedPairs> {
  const root =
    options.root ??
    temporaryFolder({ 'touchstone.yaml': options.config ?? SUITE, 'tone.golden.yaml': DATASET });
  const workspace = await loadWorkspace({
    root,
    environment: { get: () => undefined },
    signal: new AbortController().signal,
  });
  const store = new RunStore(storePath(root));
  const ports = {
    clock: systemClock,
    random: systemRandom,
    environment: { get: () => undefined },
    log: noLog,
  };
  const [ends, bugs]: [string[], unknown[]] = [[], []];
  const comparison = openPairs(
    workspace,
    { ...ROUTE, ...options.route },
    { ...SHADOW, ...options.shadow },
    {
      ...ports,
      models: new EngineModels(ports),
      ...{ store, owner: processOwner() },
      onEnd: (reason) => ends.push(reason),
      onChange: () => {},
      onBug: (error) => bugs.push(error),
    },
  );

  const settled = async (): Promise<void> => {
    while (comparison.status.waiting > 0 && ends.length === 0) await systemClock.sleep(5);
  };
  return { root, store, comparison, ends, bugs, settled };
}
