import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Output } from '../../../../src/engine/model/output.ts';
import { readReply } from '../../../../src/engine/targets/reply/agentReply.ts';

const read = (text: string) => readReply(text, { kind: 'json' }, 3);

function complete(output: Output) {
  assert.equal(output.status, 'complete', JSON.stringify(output));
  return output;
}

function protocol(text: string): string {
  const output = read(text);
  assert.equal(output.status, 'error');
  assert.equal(output.error.code, 'protocol');
  return output.error.message;
}

describe('agent reply', () => {
  it('keeps what is not reported unknown', () => {
    const output = complete(read('{"output":"hi","usage":null,"cost_usd":null}'));
    assert.equal(output.usage, null);
    assert.equal(output.costUsd, null);
    assert.equal(output.finishReason, null);
    assert.equal(output.latencyMs, 3);
  });

  it('takes structured data as JSON and as its text', () => {
    const output = complete(read('{"output":{"a":[1,2]}}'));
    assert.deepEqual(output.json, { a: [1, 2] });
    assert.equal(output.text, '{"a":[1,2]}');
  });

  it('takes the tool calls from the steps where they are not listed', () => {
    const steps = '[{"type":"tool","name":"find","arguments":{"q":"x"}},{"type":"model"}]';
    assert.deepEqual(complete(read(`{"output":"","steps":${steps}}`)).toolCalls, [
      { name: 'find', arguments: { q: 'x' } },
    ]);
    assert.deepEqual(complete(read(`{"output":"","steps":${steps},"tool_calls":[]}`)).toolCalls, []);
  });

  it('lets an agent report its own failure, with what it spent on it', () => {
    const output = read(
      '{"error":{"code":"rate-limit","message":"later","transient":true},"cost_usd":0.1,"output":"half"}',
    );
    assert.equal(output.status, 'error');
    assert.deepEqual(output.error, { code: 'rate-limit', message: 'later', transient: true });
    assert.equal(output.costUsd, 0.1);
    assert.equal(output.text, 'half');
    const short = read('{"error":"no index"}');
    assert.equal(short.status, 'error');
    assert.deepEqual(short.error, { code: 'agent', message: 'no index', transient: false });
  });

  it('never lets an unreadable reply pass', () => {
    assert.match(protocol('{"output":"a","cost_usd":-1}'), /cost_usd/);
    assert.match(
      protocol('{"output":"a","usage":{"input_tokens":1.5,"output_tokens":1}}'),
      /usage.input_tokens/,
    );
    assert.match(protocol('{"output":"a","tool_calls":[{"arguments":{}}]}'), /tool_calls.0.name/);
    assert.match(protocol('{"output":"a"} {"output":"b"}'), /not usable JSON/);
    assert.match(protocol('[]'), /not an object/);
    assert.match(protocol('null'), /not an object/);
    assert.match(protocol(''), /nothing/);
  });

  it('refuses what would harm later readers', () => {
    assert.match(protocol(`{"output":${'['.repeat(200_000)}`), /nested/);
    assert.match(protocol('{"output":{"__proto__":{"admin":true}}}'), /__proto__/);
    assert.match(protocol('{"output":{"\\u005f_proto__":1}}'), /__proto__/);
    assert.match(protocol('{"output":1e999}'), /out of range/);
    assert.equal(complete(read('{"output":"a mere __proto__ in text"}')).text, 'a mere __proto__ in text');
  });

  it('keeps 64-bit ids exact', () => {
    const output = complete(read('{"output":{"id":9223372036854775807,"n":9007199254740991,"x":1e100}}'));
    assert.deepEqual(output.json, { id: '9223372036854775807', n: 9007199254740991, x: 1e100 });
  });

  it('gives back any text byte for byte, in every form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(complete(read(JSON.stringify({ output: text }))).text, text);
        assert.equal(complete(readReply(text, { kind: 'text' }, 0)).text, text);
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.string(), (text) => ['complete', 'error'].includes(read(text).status)));
    fc.assert(
      fc.property(fc.json(), (text) => {
        read(text);
        read(`{"output":${text},"usage":${text}}`);
      }),
    );
  });
});
