import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { PromptTokens } from '../../src/protocol/tokenCalls.ts';
import { withVariables } from '../../src/ui/tokens/withVariables.ts';

const TOKENS: PromptTokens = {
  model: 'gpt-4o',
  reference: 'openai/gpt-4o',
  chosenBy: 'prompt',
  basis: 'exact',
  contextWindow: 128_000,
  total: { tokens: 100, low: 100, high: 100, exact: true },
  costUsd: 0.001,
  messages: [],
};

describe('the headline of a prompt with its variables', () => {
  it('adds what typical values add, to count and cost, and is an estimate then', () => {
    const { total, costUsd } = withVariables(TOKENS, 110);
    assert.deepEqual(total, { tokens: 210, low: 210, high: 210, exact: false });
    assert.equal(costUsd, 0.0021);
  });

  it('is as written where no size is known, and where the values add nothing', () => {
    assert.equal(withVariables(TOKENS, null), TOKENS);
    assert.equal(withVariables(TOKENS, 0), TOKENS);
  });

  it('knows no cost where there is no price', () => {
    assert.equal(withVariables({ ...TOKENS, costUsd: null }, 10).costUsd, null);
  });
});
