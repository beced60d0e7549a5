import path from 'node:path';
import { UsageError } from '../engine/errors.ts';
import { defined } from '../engine/model/defined.ts';
import { priceOfModel } from '../engine/models/prices/modelPrice.ts';
import { callCost } from '../engine/models/prices/prices.ts';
import { DEFAULT_RESILIENCE, type ResilienceConfig } from '../engine/resilience/resilienceConfig.ts';
import { readTape } from '../engine/simulate/readTape.ts';
import { replayTape, type SimulatedPolicy, type TapeOutcome } from '../engine/simulate/replayTape.ts';
import { tapeOfRun } from '../engine/simulate/runTape.ts';
import type { Tape } from '../engine/simulate/tape.ts';
import { findRun } from '../engine/store/findRun.ts';
import { storePath } from '../engine/store/storeFile.ts';
import { StoreReader } from '../engine/store/storeReader.ts';
import { SUITE_DEFAULTS } from '../engine/suites/config/suiteConfig.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';

/** The same seed for everybody: two people see the same figures. */
const SEED = 1;

/** What would have come of recorded calls under two policies. */
export interface Simulation {
  tape: string;
  calls: number;
  outcomes: [TapeOutcome, TapeOutcome];
}

/** Plays a tape, a file or a stored run, under the configuration of the workspace and under another, or without any protection. */
export async function simulateProviders(
  workspace: Workspace,
  { tape: wanted, against }: { tape: string; against: Workspace | undefined },
  at: { cwd: string; signal: AbortSignal },
): Promise<Simulation> {
  const tape = await openTape(workspace, wanted, at);
  const own = policyOf(workspace, workspace.configPath ?? 'the configuration');
  const other = against ? policyOf(against, against.configPath ?? 'the other one') : unprotected(own);
  const outcomes: Simulation['outcomes'] = [
    await replayTape(tape, own, { seed: SEED }),
    await replayTape(tape, other, { seed: SEED }),
  ];
  return { tape: tape.name, calls: tape.calls.length, outcomes };
}

function openTape(
  workspace: Workspace,
  wanted: string,
  { cwd, signal }: { cwd: string; signal: AbortSignal },
): Promise<Tape> | Tape {
  if (wanted.endsWith('.jsonl')) return readTape(path.resolve(cwd, wanted), { shownAs: wanted, signal });

  const { store } = new StoreReader(storePath(workspace.root));
  if (!store) {
    throw new UsageError('no run is stored yet', {
      remedy: 'Make one with touchstone eval, or give a tape: a file named *.jsonl.',
    });
  }

  const { id } = findRun(store, wanted);
  const traces = new Set([...store.results(id)].map(({ traceId }) => traceId));
  const spans = [...traces].flatMap((trace) => store.traces.spans(trace));
  const tape = tapeOfRun(id, spans, ({ model, inputTokens, outputTokens }) => {
    const price = priceOfModel(model, workspace.config.providers);
    return price ? callCost({ inputTokens, outputTokens }, model, { [model]: price }) : null;
  });
  if (tape.calls.length > 0) return tape;
  throw new UsageError(`the run ${id} has no model calls of its own, so there is nothing to simulate`, {
    remedy: 'Choose a run of prompts, or give a tape: a file named *.jsonl.',
  });
}

function policyOf({ config }: Workspace, name: string): SimulatedPolicy {
  const providers = Object.entries(config.providers).map(([provider, { resilience, maxConcurrency }]) => [
    provider,
    { resilience: resilience ?? DEFAULT_RESILIENCE, ...defined({ maxConcurrency }) },
  ]);
  const [suite] = config.suites;
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
