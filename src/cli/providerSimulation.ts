import path from 'node:path';
import { UsageError } from '../engine/errors.ts';
import { defined } from '../engine/model/defined.ts';
import { priceOfModel } from '../engine/models/prices/modelPrice.ts';
import { callCost } from '../engine/models/prices/prices.ts';
import { DEFAULT_RESILIENCE, type ResilienceConfig } from '../engine/resilience/resilienceConfig.ts';
import { outagesOf } from '../engine/simulate/outages.ts';
import { readTape } from '../engine/simulate/readTape.ts';
import { replayTape, type SimulatedPolicy, type TapeOutcome } from '../engine/simulate/replayTape.ts';
import { tapeOfRun } from '../engine/simulate/runTape.ts';
import type { Tape, TapeCall } from '../engine/simulate/tape.ts';
import { findRun } from '../engine/store/findRun.ts';
import { storePath } from '../engine/store/storeFile.ts';
import { StoreReader } from '../engine/store/storeReader.ts';
import { SUITE_DEFAULTS, type SuiteConfig } from '../engine/suites/config/suiteConfig.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';

/** The same seed for everybody: two people see the same figures. */
const SEED = 1;

/** What would have come of recorded calls under two policies. */
export interface Simulation {
  tape: string;
  calls: number;
  /** Trials of a run that are not on its tape. */
  missing: number;
  /** Providers that the tape leaves while they fail: nothing shows when they would be back. */
  neverBack: string[];
  outcomes: [TapeOutcome, TapeOutcome];
}

/** Plays a tape, a file or a stored run, under the configuration of the workspace and under another, or without any protection. */
export async function simulateProviders(
  workspace: Workspace,
  { tape: wanted, against }: { tape: string; against: Workspace | undefined },
  at: { cwd: string; signal: AbortSignal },
): Promise<Simulation> {
  const { tape, suite } = await openTape(workspace, wanted, at);
  const own = policyOf(workspace, suite, workspace.configPath ?? 'the configuration');
  const other = against ? policyOf(against, suite, against.configPath ?? 'the other one') : unprotected(own);
  const options = { seed: SEED, signal: at.signal };
  const outcomes: Simulation['outcomes'] = [
    await replayTape(tape, own, options),
    await replayTape(tape, other, options),
  ];
  const { name, calls, missing } = tape;
  return { tape: name, calls: calls.length, missing, neverBack: neverBack(calls), outcomes };
}

function neverBack(calls: readonly TapeCall[]): string[] {
  const byProvider = Map.groupBy(calls, ({ provider }) => provider);
  const isOut = ([, own]: [string, TapeCall[]]) => outagesOf(own).at(-1)?.toMs === Number.POSITIVE_INFINITY;
  return [...byProvider].filter(isOut).map(([provider]) => provider);
}

interface OpenedTape {
  tape: Tape;
  /** Of the run; undefined for a file, which belongs to none. */
  suite: string | undefined;
}

async function openTape(
  workspace: Workspace,
  wanted: string,
  { cwd, signal }: { cwd: string; signal: AbortSignal },
): Promise<OpenedTape> {
  if (wanted.endsWith('.jsonl')) {
    const tape = await readTape(path.resolve(cwd, wanted), { shownAs: wanted, signal });
    return { tape, suite: undefined };
  }

  const { store } = new StoreReader(storePath(workspace.root));
  if (!store) {
    throw new UsageError('no run is stored yet', {
      remedy: 'Make one with touchstone eval, or give a tape: a file named *.jsonl.',
    });
  }

  const { id, plan } = findRun(store, wanted);
  const results = [...store.results(id)];
  const traces = new Set(results.map(({ traceId }) => traceId));
  const spans = [...traces].flatMap((trace) => store.traces.spans(trace));
  const tape = tapeOfRun(spans, {
    runId: id,
    missing: Math.max(0, plan.trials - results.length),
    price: ({ model, inputTokens, outputTokens }) => {
      const price = priceOfModel(model, workspace.config.providers);
      return price ? callCost({ inputTokens, outputTokens }, model, { [model]: price }) : null;
    },
    poolOf: ({ target, isJudge }) => {
      if (isJudge) return 'judge';
      const known = suiteOf(workspace, plan.suite)?.targets.find(({ name }) => name === target);
      return known?.bulkhead ?? 'target';
    },
  });
  if (tape.calls.length > 0) return { tape, suite: plan.suite };

  throw new UsageError(`the run ${id} has no model calls of its own, so there is nothing to simulate`, {
    remedy: 'Choose a run of prompts, or give a tape: a file named *.jsonl.',
  });
}

function suiteOf({ config }: Workspace, name: string | undefined): SuiteConfig | undefined {
  return config.suites.find((suite) => suite.name === name) ?? config.suites[0];
}

function policyOf(workspace: Workspace, suiteName: string | undefined, name: string): SimulatedPolicy {
  const { config } = workspace;
  const providers = Object.entries(config.providers).map(([provider, { resilience, maxConcurrency }]) => [
    provider,
    { resilience: resilience ?? DEFAULT_RESILIENCE, ...defined({ maxConcurrency }) },
  ]);
  const suite = suiteOf(workspace, suiteName);
  return {
    name,
    providers: Object.fromEntries(providers),
    otherwise: DEFAULT_RESILIENCE,
    pools: config.bulkheads ?? {},
    timeoutMs: suite?.timeoutMs ?? SUITE_DEFAULTS.timeoutMs,
    concurrency: suite?.maxConcurrency ?? SUITE_DEFAULTS.maxConcurrency,
  };
}

/** Every call is sent at once and once, and what fails has failed. */
const UNPROTECTED: ResilienceConfig = {
  breaker: null,
  retry: null,
  limit: { adaptive: false, min: 1, max: Number.POSITIVE_INFINITY },
};

function unprotected(policy: SimulatedPolicy): SimulatedPolicy {
  return { ...policy, name: 'no protection', providers: {}, otherwise: UNPROTECTED, pools: {} };
}
