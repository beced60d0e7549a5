import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Message } from '../../../../src/engine/model/message.ts';
import { tokenBasis } from '../../../../src/engine/models/tokens/tokenBasis.ts';
import { Tokenizers } from '../../../../src/engine/models/tokens/tokenizer.ts';
import { JARGON, WEATHER, WEATHER_TOOL } from '../../../support/cookbook.ts';

describe('tokenizer', function () {
  this.timeout(30_000);
  const tokenizers = new Tokenizers();

  for (const [model, tokens] of [
    ['gpt-3.5-turbo', 129],
    ['gpt-4-0613', 129],
    ['gpt-4', 129],
    ['gpt-4o', 124],
    ['gpt-4o-mini', 124],
  ] as const) {
    it(`counts the cookbook's messages for ${model} as the API did`, async () => {
      const tokenizer = await tokenizers.forModel(model);
      assert.deepEqual(tokenizer.countChat({ messages: JARGON }).total, {
        tokens,
        low: tokens,
        high: tokens,
        exact: true,
      });
    });
  }

  for (const [model, tokens] of [
    ['gpt-3.5-turbo', 105],
    ['gpt-4', 105],
    ['gpt-4o', 101],
    ['gpt-4o-mini', 101],
  ] as const) {
    it(`counts the cookbook's tool for ${model} as the API did`, async () => {
      const tokenizer = await tokenizers.forModel(model);
      const counted = tokenizer.countChat({ messages: WEATHER, tools: [WEATHER_TOOL] });
      assert.equal(counted.total.tokens, tokens);
      assert.equal(counted.total.exact, true);
      assert.equal(counted.messages.length, 2);
    });
  }

  it('knows the encoding of a model by any of its names', async () => {
    const text = 'Zażółć gęślą jaźń, naïve café: 你好';
    const like = async (model: string, known: string) => {
      const [one, other] = await Promise.all([tokenizers.forModel(model), tokenizers.forModel(known)]);
      assert.deepEqual(one.count(text), other.count(text), model);
    };
    for (const model of ['gpt-oss-120b', 'openai/gpt-oss-20b', 'gpt-oss:20b', 'openai.gpt-oss-120b-1:0'])
      await like(model, 'gpt-4o');
    for (const model of [
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'anthropic.claude-3-5-sonnet-20240620-v1:0',
      'bedrock/global.anthropic.claude-sonnet-4-20250514-v1:0',
    ])
      await like(model, 'claude-sonnet-4-5');
    await like('eu.meta.llama3-1-8b-instruct-v1:0', 'llama-3');
    for (const model of ['gpt-2', 'gpt2', 'gpt-2-xl', 'amazon.nova-lite-v1:0'])
      await like(model, 'nobody-knows');
    assert.equal((await tokenizers.forModel('gpt-oss-20b')).count(text).exact, true);
  });

  it('marks what is not shown: other models, response schemas, nested parameters, earlier calls', async () => {
    const gpt5 = await tokenizers.forModel('gpt-5');
    const [low, high] = range(gpt5.countChat({ messages: WEATHER }).total);
    assert.ok(low < high);
    assert.equal(gpt5.count('a text').exact, true);

    const gpt4o = await tokenizers.forModel('gpt-4o');
    const format = { type: 'json_schema' as const, name: 'answer', schema: { type: 'object' } };
    assert.equal(gpt4o.countChat({ messages: WEATHER, responseFormat: format }).total.exact, false);
    const nested = {
      ...WEATHER_TOOL,
      parameters: { properties: { place: { type: 'object', properties: { city: { type: 'string' } } } } },
    };
    assert.equal(gpt4o.countChat({ messages: WEATHER, tools: [nested] }).total.exact, false);
    const called: Message = {
      role: 'assistant',
      content: '',
      toolCalls: [{ name: 'f', arguments: { a: 1 } }],
    };
    assert.equal(gpt4o.countChat({ messages: [...WEATHER, called] }).total.exact, false);
  });

  it('says how many images are not counted', async () => {
    const tokenizer = await tokenizers.forModel('gpt-4o');
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image' as const, url: 'https://example.org/a.png' },
    ];
    const counted = tokenizer.countChat({ messages: [{ role: 'user', content }] });
    assert.equal(counted.images, 1);
    assert.equal(counted.total.tokens, 3 + 1 + 4 + 3);
  });

  it('gives a marked range for models without a public tokenizer', async () => {
    for (const model of [
      'claude-sonnet-4-5',
      'claude-opus-4-7',
      'gemini-2.5-pro',
      'llama-3.3-70b',
      'no-such-model',
    ]) {
      const count = (await tokenizers.forModel(model)).count('The quick brown fox jumps over the lazy dog.');
      assert.equal(count.exact, false, model);
      assert.ok(count.low <= count.tokens && count.tokens <= count.high && count.low < count.high, model);
    }
  });

  it('counts a text of more than two million characters by samples, and says so', async () => {
    const tokenizer = await tokenizers.forModel('gpt-4o');
    const text = 'The policy allows a refund within 14 days. '.repeat(60_000);
    const whole = tokenizer.count(text.slice(0, 43 * 40_000)).tokens * 1.5;
    const count = tokenizer.count(text);
    assert.equal(count.exact, false);
    assert.ok(count.low < whole && whole < count.high);
    assert.ok(Math.abs(count.tokens - whole) < whole * 0.01);
  });
});

describe('token basis', () => {
  for (const [model, encoding, exact] of [
    ['gpt-4o-2024-08-06', 'o200k_base', true],
    ['gpt-4.1-mini', 'o200k_base', true],
    ['gpt-5-nano', 'o200k_base', true],
    ['o4-mini', 'o200k_base', true],
    ['openai/gpt-4o', 'o200k_base', true],
    ['ft:gpt-4o-mini:acme::id', 'o200k_base', true],
    ['gpt-4-turbo', 'cl100k_base', true],
    ['gpt-3.5-turbo-0125', 'cl100k_base', true],
    ['gpt-5.4', 'o200k_base', false],
    ['gpt-6-sol', 'o200k_base', false],
    ['claude-3-5-haiku-latest', 'o200k_base', false],
    ['mistral-large', 'cl100k_base', false],
    ['something', 'o200k_base', false],
  ] as const) {
    it(`takes ${encoding} for ${model}, ${exact ? 'exactly' : 'as an estimate'}`, () => {
      const basis = tokenBasis(model);
      assert.equal(basis.encoding, encoding);
      assert.equal(basis.ratio.low === 1 && basis.ratio.high === 1, exact);
      assert.ok(basis.source.length > 10);
    });
  }

  it('tells the newer tokenizer of Claude from the older one', () => {
    const older = [
      'claude-sonnet-4-5-20250929',
      'claude-opus-4-6',
      'claude-opus-4',
      'claude-opus-4-20250514',
      'claude-sonnet-4.5',
    ];
    for (const model of older) assert.equal(tokenBasis(model).ratio.usual, 1.21, model);
    for (const model of ['claude-opus-4-7', 'claude-opus-5', 'claude-sonnet-5-5'])
      assert.equal(tokenBasis(model).ratio.usual, 1.6, model);
  });
});

function range({ low, high }: { low: number; high: number }): [number, number] {
  return [low, high];
}
