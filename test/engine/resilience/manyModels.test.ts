import assert from 'node:assert/strict';
import { noSpan } from '../../../src/engine/ports.ts';
import type { Policy } from '../../../src/engine/resilience/policy.ts';
import { ProviderGuard } from '../../../src/engine/resilience/providerGuard.ts';
import { DEFAULT_RESILIENCE } from '../../../src/engine/resilience/resilienceConfig.ts';
import { ManualClock } from '../../support/manualClock.ts';

describe('the guard of a provider', () => {
  it('knows a thousand models apart, however many clients name', async () => {
    const ports = { clock: new ManualClock(), random: { next: () => 0, hex: () => '' } };
    const guard = new ProviderGuard({ id: 'i', provider: 'p', origin: 'o' }, DEFAULT_RESILIENCE, ports);
    const seen = new Set<string | undefined>();
    const policy: Policy = {
      name: 'bulkhead',
      admit: ({ model }) => {
        seen.add(model);
        return { settle: () => {} };
      },
    };
    const signal = new AbortController().signal;
    const outcome = { decision: { kind: 'done' }, tokens: 1, costUsd: 0 } as const;
    for (let at = 0; at < 1_500; at += 1)
      await guard
        .guard(9, () => [policy])
        .open(
          { pool: 'p', caller: '', model: `m${at}`, signal, timeoutMs: 1e6, span: noSpan },
          async () =>
            ({
              ...{ kind: 'ended', value: 1, outcome },
            }) as const,
        );
    assert.equal(seen.size, 1_001);
    assert.ok(seen.has('m0') && seen.has(undefined) && !seen.has('m1499'));
  });
});
