import type { ArmConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { ArmStatus } from '../gatewayStatus.ts';
import type { FinishedExchange } from './finishedExchange.ts';
import { targetName } from './upstreamRequest.ts';

/** Latencies of so many requests, the last ones, are remembered. */
const REMEMBERED = 1_000;

/** What became of the requests of one arm, since its weights were set. */
export class ArmCounts {
  #requests = 0;
  #failed = 0;
  #tokens = 0;
  #costUsd = 0;
  #unpriced = 0;
  readonly #latencies: number[] = [];
  #next = 0;

  get requests(): number {
    return this.#requests;
  }

  add({ ending, status, durationMs, summary, costUsd, source }: FinishedExchange): void {
    this.#requests += 1;
    const isFailed = ending !== 'left' && (ending !== 'done' || (status ?? 0) >= 400);
    if (isFailed) this.#failed += 1;
    const usage = summary?.usage;
    if (usage) this.#tokens += usage.inputTokens + usage.outputTokens;
    if (costUsd !== null) this.#costUsd += costUsd;
    else if (usage && source !== 'cache') this.#unpriced += 1;
    if (ending !== 'done') return;

    this.#latencies[this.#next] = durationMs;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  status({ name, weight, target }: ArmConfig): Omit<ArmStatus, 'inFlight'> {
    const sorted = Float64Array.from(this.#latencies).sort();
    return {
      arm: name,
      target: targetName(target),
      weight,
      requests: this.#requests,
      failed: this.#failed,
      p50Ms: nearestRank(sorted, 0.5),
      p95Ms: nearestRank(sorted, 0.95),
      tokens: this.#tokens,
      costUsd: this.#costUsd,
      unpriced: this.#unpriced,
    };
  }
}

function nearestRank(sorted: Float64Array, share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
