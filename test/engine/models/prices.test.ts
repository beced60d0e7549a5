import assert from 'node:assert/strict';
import { callCost } from '../../../src/engine/models/prices/prices.ts';

describe('the cost of a call', () => {
  const prices = { mini: { input: 0.25, output: 2, cachedInput: 0.025 }, plain: { input: 1, output: 4 } };
  const usage = {
    inputTokens: 1_000_000,
    outputTokens: 500_000,
    cachedInputTokens: 400_000,
    reasoningTokens: 9,
  };

  it('adds input, cached input and output at their prices; reasoning is part of the output', () => {
    assert.equal(callCost(usage, 'mini', prices), 0.6 * 0.25 + 0.4 * 0.025 + 0.5 * 2);
  });

  it('adds what is written to the cache at its price, or at that of input', () => {
    const written = { inputTokens: 1000, outputTokens: 10, cachedInputTokens: 200, cacheWriteTokens: 400 };
    const claude = { input: 4, output: 20, cachedInput: 0.4, cacheWrite: 5 };
    const dollars = (price: typeof claude | { input: number; output: number }): string =>
      ((callCost(written, 'claude', { claude: price }) ?? 0) * 1e6).toFixed(3);
    assert.equal(dollars(claude), (400 * 4 + 200 * 0.4 + 400 * 5 + 10 * 20).toFixed(3));
    assert.equal(dollars({ input: 4, output: 20 }), (1000 * 4 + 10 * 20).toFixed(3));
  });

  it('takes the input price for cached tokens where no other is given', () => {
    assert.equal(callCost(usage, 'plain', prices), 1 + 2);
  });

  it('is unknown without usage, without prices and for a model without a price', () => {
    assert.equal(callCost(null, 'mini', prices), null);
    assert.equal(callCost(usage, 'mini', undefined), null);
    assert.equal(callCost(usage, 'other', prices), null);
    assert.equal(callCost(usage, 'constructor', prices), null);
    assert.equal(callCost(usage, 'mini', { mini: { input: Number.NaN, output: 1 } }), null);
  });

  it('takes the prices of its tier for all tokens of a request', () => {
    const tiered = {
      m: {
        input: 1,
        output: 10,
        cachedInput: 0.1,
        upToInputTokens: 1000,
        longer: { input: 2, output: 20, cachedInput: 0.5, cacheWrite: 3 },
      },
    };
    const cost = (inputTokens: number) =>
      callCost({ inputTokens, outputTokens: 10, cachedInputTokens: 100, cacheWriteTokens: 10 }, 'm', tiered);
    assert.equal(cost(1000), (890 * 1 + 100 * 0.1 + 10 * 1 + 10 * 10) / 1e6);
    assert.equal(cost(1001), (891 * 2 + 100 * 0.5 + 10 * 3 + 10 * 20) / 1e6);
    const { longer: _unknown, ...bounded } = tiered.m;
    assert.equal(callCost({ inputTokens: 1001, outputTokens: 1 }, 'm', { m: bounded }), null);
  });

  it('is a known 0 where the price is 0', () => {
    assert.equal(callCost(usage, 'free', { free: { input: 0, output: 0 } }), 0);
  });

  it('never counts more cached tokens than there are', () => {
    const odd = { inputTokens: 10, outputTokens: 0, cachedInputTokens: 1000 };
    assert.equal(callCost(odd, 'mini', prices), (10 * 0.025) / 1e6);
    const written = { ...odd, cachedInputTokens: 4, cacheWriteTokens: 1000 };
    const price = { mini: { ...prices.mini, cacheWrite: 1 } };
    assert.equal(callCost(written, 'mini', price), (4 * 0.025 + 6) / 1e6);
  });
});
