import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { callCost } from '../../../src/engine/models/prices/prices.ts';
import {
  expectedPrice,
  listPriceOf,
  listPrices,
  PRICE_TABLE_DATE,
  priceRows,
  providerPrices,
} from '../../../src/engine/models/prices/priceTable.ts';

describe('price table', () => {
  it('has for each row plain prices, a date not after its own, and a source', () => {
    const rows = priceRows();
    assert.ok(rows.length > 40);
    for (const row of rows) {
      const name = `${row.vendor} ${row.model}`;
      assert.ok(row.input > 0 && row.output >= row.input, name);
      assert.ok(row.cachedInput === null || (row.cachedInput > 0 && row.cachedInput < row.input), name);
      assert.ok(row.upToInputTokens === null || row.upToInputTokens >= 100_000, name);
      const { longer } = row;
      assert.ok(longer === null || row.upToInputTokens !== null, name);
      assert.ok(longer === null || (longer.input > row.input && longer.output > row.output), name);
      assert.match(row.date, /^20\d\d-[01]\d(-[0-3]\d)?$/, name);
      assert.ok(row.date <= PRICE_TABLE_DATE, name);
      assert.ok(row.sources.length > 0 && row.sources.every((source) => source.startsWith('https://')), name);
    }
    assert.match(PRICE_TABLE_DATE, /^20\d\d-\d\d-\d\d$/);
  });

  it('names no model of a vendor twice', () => {
    const names = priceRows().map(({ origin, model }) => `${origin} ${model}`);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });

  it('has the prices of long requests where they are known', () => {
    const prices = listPrices('https://generativelanguage.googleapis.com/v1beta/openai/');
    const of = (inputTokens: number) =>
      callCost({ inputTokens, outputTokens: 1e6, cachedInputTokens: 100_000 }, 'gemini-2.5-pro', prices);
    assert.equal(of(200_000), 0.1 * 1.25 + 0.1 * 0.125 + 10);
    assert.equal(of(200_001)?.toFixed(6), (0.100001 * 2.5 + 0.1 * 0.25 + 15).toFixed(6));
  });

  it("holds for the vendor's own address only", () => {
    assert.equal(listPrices('https://api.openai.com/v1')?.['gpt-4o']?.input, 2.5);
    assert.equal(listPrices('https://api.anthropic.com/v1/')?.['claude-haiku-4-5']?.output, 5);
    assert.equal(listPrices('https://api.anthropic.com/v1/')?.['claude-haiku-4-5']?.cacheWrite, 1.25);
    assert.equal(listPrices('https://api.openai.com/v1')?.['gpt-4o']?.cacheWrite, undefined);
    for (const other of [
      'http://api.openai.com/v1',
      'https://api.openai.com.example.org/v1',
      'http://127.0.0.1:11434/v1',
      'no address',
    ])
      assert.equal(listPrices(other), undefined, other);
    assert.equal(listPrices('https://api.openai.com/v1')?.['claude-haiku-4-5'], undefined);
  });

  it("lets the person's own prices stand before the table's", () => {
    const own = { 'gpt-4o': { input: 1, output: 2 } };
    const prices = providerPrices({ baseUrl: 'https://api.openai.com/v1', prices: own });
    assert.deepEqual(prices['gpt-4o'], { input: 1, output: 2 });
    assert.equal(prices['gpt-4o-mini']?.output, 0.6);
    assert.deepEqual(providerPrices({ baseUrl: 'http://127.0.0.1:1/v1' }), {});
  });

  it('is that of the named seller, and of nobody who only sells the same name', () => {
    const price = listPriceOf('gpt-5-mini');
    assert.ok(price);
    assert.deepEqual(listPriceOf('openai/gpt-5-mini'), price);
    assert.equal(listPriceOf('azure/gpt-5-mini'), undefined);
    assert.equal(listPriceOf('gpt-5-mini', 'azure'), undefined);
    assert.deepEqual(listPriceOf('googleai/gemini-2.5-flash'), listPriceOf('gemini-2.5-flash', 'google'));
    assert.ok(listPriceOf('googleai/gemini-2.5-flash'));
  });

  it('is expected where no provider says otherwise, and unknown at a server of the person’s own', () => {
    const openai = { baseUrl: 'https://api.openai.com/v1' };
    const list = listPriceOf('claude-haiku-4-5');
    assert.ok(list);
    assert.deepEqual(expectedPrice('claude-haiku-4-5', { openai }), list);
    assert.deepEqual(expectedPrice('openai/claude-haiku-4-5', { openai }), list);
    const own = { baseUrl: 'http://127.0.0.1:1/v1' };
    assert.equal(expectedPrice('own/claude-haiku-4-5', { own }), undefined);
    const paid = { ...own, prices: { 'claude-haiku-4-5': { input: 9, output: 9 } } };
    assert.deepEqual(expectedPrice('paid/claude-haiku-4-5', { paid }), { input: 9, output: 9 });
    assert.equal(expectedPrice('openai/nobody-knows', { openai }), undefined);
  });

  it('knows no cost for a request that is longer than the price is good for', () => {
    const prices = listPrices('https://api.openai.com/v1');
    const usage = { inputTokens: 272_000, outputTokens: 1000 };
    const most = callCost(usage, 'gpt-5.4', prices);
    assert.equal(most, (272_000 * 2.5 + 1000 * 15) / 1_000_000);
    assert.equal(callCost({ ...usage, inputTokens: 272_001 }, 'gpt-5.4', prices), null);
    assert.equal(callCost(usage, 'no-such-model', prices), null);
    assert.equal(callCost(usage, 'constructor', prices), null);
  });
});
