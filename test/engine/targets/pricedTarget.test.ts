import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { emptyOutput, type Output } from '../../../src/engine/model/output.ts';
import { whyCostUnknown } from '../../../src/engine/model/unknownCost.ts';
import { priceOfModel } from '../../../src/engine/models/prices/modelPrice.ts';
import { noSpan } from '../../../src/engine/ports.ts';
import { SERVER } from '../../../src/engine/targets/capabilities.ts';
import { pricedOutput, pricedTarget } from '../../../src/engine/targets/pricedTarget.ts';

const providers = {
  scripted: {
    baseUrl: 'http://127.0.0.1:1/v1',
    prices: { 'my-model': { input: 1, output: 10, cachedInput: 0.1 } },
  },
  other: { baseUrl: 'http://127.0.0.1:2/v1', prices: { twice: { input: 1, output: 1 } } },
  third: { baseUrl: 'http://127.0.0.1:3/v1', prices: { twice: { input: 2, output: 2 } } },
  openai: { baseUrl: 'https://api.openai.com/v1' },
};

async function priced(reported: Partial<Output>): Promise<Output> {
  const output = { ...emptyOutput(), status: 'complete', ...reported } as Output;
  const target = pricedTarget(
    {
      name: 'a',
      kind: 'http',
      capabilities: SERVER,
      lane: 'a',
      hash: '',
      call: async () => output,
      close: async () => {},
    },
    (model) => priceOfModel(model, providers),
  );
  const request = { case: { id: 'c', input: '' }, trial: 0, seed: 0 };
  return target.call(request, { signal: new AbortController().signal, span: noSpan, timeoutMs: 1 });
}

const usage = { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 800 };

describe('costs of agents', () => {
  it('are computed from usage and model, and marked so', async () => {
    for (const model of ['my-model', 'scripted/my-model', 'my-model-2025-08-07', 'my-model-20250807']) {
      const output = await priced({ usage, model });
      // 200 × 1 + 800 × 0.1 + 100 × 10, in dollars per million.
      assert.ok(Math.abs((output.costUsd ?? 0) - 0.00128) < 1e-12, model);
      assert.equal(output.costComputed, true);
    }
    const listed = await priced({ usage: { inputTokens: 1_000_000, outputTokens: 0 }, model: 'gpt-5-mini' });
    assert.equal(listed.costUsd, 0.25);
  });

  it('are those that a person has set, whatever a list says', () => {
    const own = { baseUrl: 'http://127.0.0.1:1/v1', prices: { 'gpt-5-mini': { input: 7, output: 9 } } };
    assert.deepEqual(priceOfModel('gpt-5-mini', { own, openai: providers.openai }), { input: 7, output: 9 });
    assert.deepEqual(priceOfModel('gpt-5-mini-2025-08-07', { openai: providers.openai, own }), {
      input: 7,
      output: 9,
    });
    const other = { ...own, prices: { 'gpt-5-mini': { input: 1, output: 9 } } };
    assert.equal(priceOfModel('gpt-5-mini', { own, other, openai: providers.openai }), undefined);
  });

  it('stay unknown where a long call among several would cost more', () => {
    const prices = { m: { input: 1, output: 1, upToInputTokens: 100, longer: { input: 2, output: 2 } } };
    const price = priceOfModel('m', { own: { baseUrl: 'http://127.0.0.1:1/v1', prices } });
    const output: Output = { ...emptyOutput(), status: 'complete', model: 'm' };
    const of = (inputTokens: number) =>
      pricedOutput({ ...output, usage: { inputTokens, outputTokens: 0 } }, () => price).costUsd;
    assert.deepEqual([of(100), of(101)], [100 / 1e6, null]);
  });

  it('stay what the agent says', async () => {
    const output = await priced({ usage, model: 'my-model', costUsd: 0 });
    assert.equal(output.costUsd, 0);
    assert.equal(output.costComputed, undefined);
  });

  it('stay unknown where they cannot be known, and it is said why', async () => {
    const cases: [Partial<Output>, RegExp][] = [
      [{}, /neither a cost nor its usage and model/],
      [{ model: 'my-model' }, /no usage/],
      [{ usage }, /no model/],
      [{ usage, model: 'unheard-of' }, /price of unheard-of is unknown.*providers/],
      [{ usage, model: 'twice' }, /price of twice/],
      [{ usage, model: 'other/my-model' }, /price of other/],
    ];
    for (const [reported, pattern] of cases) {
      const output = await priced(reported);
      assert.equal(output.costUsd, null);
      assert.match(whyCostUnknown(output), pattern);
    }
  });
});
