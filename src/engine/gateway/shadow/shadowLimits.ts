import type { ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { ShadowLimits } from '../gatewayStatus.ts';

/** Where a shadow that began at this time ends by itself. */
export function shadowLimits({ maxPairs, maxCostUsd, maxMs }: ShadowConfig, startedMs: number): ShadowLimits {
  return {
    maxPairs,
    maxCostUsd: maxCostUsd ?? null,
    endsMs: maxMs === undefined ? null : startedMs + maxMs,
  };
}
