import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { materialOf, outputText } from '../../../../src/engine/evaluators/judge/material.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { ToolCall } from '../../../../src/engine/model/message.ts';
import { emptyOutput } from '../../../../src/engine/model/output.ts';

const output = (text: string, toolCalls: ToolCall[] = []) => ({
  ...emptyOutput(),
  status: 'complete' as const,
  text,
  toolCalls,
});

const texts = (golden: Partial<GoldenCase>) =>
  Object.fromEntries(materialOf({ case: { id: 'c', ...golden }, output: output('Answer') }));

const INPUTS = ['input', 'question', 'query', 'prompt'];
const EXPECTED = ['expected', 'ideal', 'reference', 'expected_output'];
const OUTPUTS = ['output', 'completion', 'submission', 'response'];
const all = (names: readonly string[], text: string) => Object.fromEntries(names.map((name) => [name, text]));
const ANSWER = all(OUTPUTS, 'Answer');

describe('what a judge sees', () => {
  it('has the names of other tools for input, expected answer and output', () => {
    assert.deepEqual(texts({}), ANSWER);
    assert.deepEqual(texts({ input: 'Ask', expected_output: { answer: '5 €' } }), {
      ...all(INPUTS, 'Ask'),
      ...all(EXPECTED, '5 €'),
      ...ANSWER,
    });
    assert.deepEqual(texts({ expected_output: {} }), ANSWER);
  });

  it('has the variables of the case, plain and as vars.name, which keep their names', () => {
    const found = texts({ input: { shop: 'Lamps', query: 'mine', ideal: 'own', output: 'lost' } });
    const { input, 'vars.output': own, ...rest } = found;
    assert.deepEqual(JSON.parse(input ?? ''), { shop: 'Lamps', query: 'mine', ideal: 'own', output: 'lost' });
    assert.equal(own, 'lost');
    assert.deepEqual(rest, {
      shop: 'Lamps',
      'vars.shop': 'Lamps',
      query: 'mine',
      'vars.query': 'mine',
      ideal: 'own',
      'vars.ideal': 'own',
      question: input,
      prompt: input,
      ...ANSWER,
    });
    const expecting = texts({
      input: { expected: 'a variable', ideal: 'own' },
      expected_output: { answer: '5 €' },
    });
    assert.deepEqual(
      [expecting['expected'], expecting['ideal'], expecting['reference']],
      ['5 €', 'own', '5 €'],
    );
  });

  it('takes a variable called input for the input, if it is text', () => {
    assert.equal(texts({ input: { input: 'Ask', more: 1 } })['input'], 'Ask');
    assert.deepEqual(JSON.parse(texts({ input: { input: 5 } })['input'] ?? ''), { input: 5 });
    assert.deepEqual(JSON.parse(texts({ input: ['a', { b: 1 }] })['input'] ?? ''), ['a', { b: 1 }]);
  });

  it('has a conversation as lines of who said what', () => {
    const messages = [
      { role: 'user' as const, content: 'Hello?' },
      { role: 'assistant' as const, content: [{ type: 'text', text: 'Hi!' }] },
    ];
    const { input = '' } = texts({ messages, input: 'not this' });
    const [first, second = ''] = input.split('\n\n');
    assert.equal(first, 'user: Hello?');
    assert.match(second, /^assistant: \[/);
    assert.deepEqual(JSON.parse(second.slice('assistant: '.length)), messages[1]?.content);
  });

  it('shows tool calls below the text, without their ids', () => {
    const call = { id: '1', name: 'refund', arguments: { order: 7 } };
    const shown = outputText(output('Done.', [call]));
    assert.match(shown, /^Done\.\n\nTool calls: \[/);
    const calls = JSON.parse(shown.slice(shown.indexOf('[')));
    assert.deepEqual(calls, [{ name: 'refund', arguments: { order: 7 } }]);
    assert.match(outputText(output('', [call])), /^Tool calls: /);
    assert.equal(outputText(output(' Done. ')), ' Done. ');
  });
});
