import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import type { Message, ModelParameters } from '../../../src/engine/model/message.ts';
import { estimateCall, estimateTexts } from '../../../src/engine/models/callEstimate.ts';
import { mostCallCost } from '../../../src/engine/models/prices/prices.ts';
import { type Tokenizer, Tokenizers } from '../../../src/engine/models/tokens/tokenizer.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
const request = (content: Message['content'], maxTokens?: number) => ({
  messages: [{ role: 'user' as const, content }],
  parameters: maxTokens === undefined ? {} : { maxTokens },
});

describe('what a call may use', () => {
  let tokenizers: Tokenizer[];

  before(async () => {
    const known = new Tokenizers();
    tokenizers = await Promise.all(
      ['gpt-5-mini', 'gpt-4', 'gpt-3.5-turbo'].map((model) => known.forModel(model)),
    );
  });

  const texts: { [what: string]: string } = {
    English: readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8'),
    code: readFileSync(path.join(root, 'src', 'engine', 'models', 'catalog.ts'), 'utf8'),
    data: readFileSync(path.join(root, 'media', 'prices.json'), 'utf8'),
    German: 'Der Auftrag wurde storniert, bevor die Rücküberweisung geprüft werden konnte. '.repeat(20),
    Russian: 'Пожалуйста, отмените мой заказ и верните деньги на карту. '.repeat(20),
    Chinese: '请取消我的订单,并将钱款退回到我的信用卡。'.repeat(20),
    nothing: '',
  };
  for (const [what, text] of Object.entries(texts))
    it(`is no less than is counted, and not four times as much: ${what}`, () => {
      const { tokens } = estimateCall(request(text, 0), 'gpt-4', undefined);
      for (const tokenizer of tokenizers) {
        const counted = tokenizer.countChat(request(text)).total.high;
        assert.ok(tokens >= counted, `${tokens} of ${counted}`);
        if (counted > 100) assert.ok(tokens <= 4 * counted, `${tokens} of ${counted}`);
      }
    });

  it('adds the longest answer: what the request allows, else a long one of the model', () => {
    const output = (model: string, maxTokens?: number) =>
      estimateCall(request('', maxTokens), model, undefined).tokens -
      estimateCall(request('', 0), model, undefined).tokens;
    assert.equal(output('gpt-4o', 300), 300);
    assert.equal(output('gpt-4o'), 2000);
    assert.equal(output('gpt-5-mini'), 8000);
  });

  it('takes the largest limit of several, and counts every answer that is asked for', () => {
    const none = estimateCall(request('', 0), 'gpt-4o', undefined).tokens;
    const output = (parameters: ModelParameters) =>
      estimateCall({ ...request(''), parameters }, 'gpt-4o', undefined).tokens - none;
    assert.equal(output({ maxTokens: 1, extra: { max_completion_tokens: 10_000 } }), 10_000);
    assert.equal(output({ extra: { max_tokens: 70, max_completion_tokens: 30 } }), 70);
    assert.equal(output({ maxTokens: 50, extra: { n: 4 } }), 200);
    assert.equal(output({ extra: { n: 3 } }), 6000);
    assert.equal(output({ maxTokens: 50, extra: { n: 0 } }), 50);
  });

  it('takes no picture for text', () => {
    const image = (url: string) =>
      request([{ type: 'image_url', image_url: { url } }] as unknown as Message['content'], 0);
    const { tokens } = estimateCall(
      image(`data:image/png;base64,${'A'.repeat(3_000_000)}`),
      'gpt-4o',
      undefined,
    );
    assert.ok(tokens > 2000 && tokens < 2200, String(tokens));
  });

  it('costs what the price tier costs that it can reach, and has no known price beyond what is known', () => {
    const prices = { long: { input: 1, output: 10, cachedInput: 0.1, cacheWrite: 2, upToInputTokens: 1000 } };
    const short = estimateCall(request('word '.repeat(300), 100), 'long', prices);
    assert.equal(short.costUsd, ((short.tokens - 100) * 2 + 100 * 10) / 1e6);
    assert.equal(estimateCall(request('word '.repeat(700), 100), 'long', prices).costUsd, null);
    assert.equal(estimateCall(request('word'), 'other', prices).costUsd, null);
    assert.equal(mostCallCost(1000, 0, prices.long), 0.002);
    assert.equal(mostCallCost(1001, 0, prices.long), null);
    const tiered = { ...prices.long, longer: { input: 4, output: 20 } };
    assert.equal(mostCallCost(1000, 100, tiered), (1000 * 2 + 100 * 10) / 1e6);
    assert.equal(mostCallCost(1001, 100, tiered), (1001 * 4 + 100 * 20) / 1e6);
    const cheaper = { ...prices.long, longer: { input: 0.5, output: 1 } };
    assert.equal(mostCallCost(1001, 100, cheaper), (1001 * 2 + 100 * 10) / 1e6, 'it may yet be a short one');
    assert.equal(mostCallCost(1, 1, { input: Number.NaN, output: 1 }), null);
    assert.equal(mostCallCost(9, 9, { input: 0, output: 0 }), 0);
  });

  it('is only input for texts that are embedded', () => {
    const { tokens, costUsd } = estimateTexts(['a'.repeat(300), 'b'.repeat(300)], 'e', {
      e: { input: 1, output: 9 },
    });
    assert.ok(tokens >= 240 && tokens < 250);
    assert.equal(costUsd, tokens / 1e6);
  });
});
