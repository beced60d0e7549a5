import assert from 'node:assert/strict';
import { ConfigError } from '../../../../../src/engine/errors.ts';
import type { Step } from '../../../../../src/engine/model/output.ts';
import { assertClose, evaluatorOf, passes, scoredOf, scoreOf } from '../../evaluating.ts';

const call = (name: string, args: { [key: string]: string | number } = {}) => ({ name, arguments: args });
const tool = (name: string, args?: { [key: string]: string | number }): Step => ({
  type: 'tool',
  name,
  ...(args ? { arguments: args } : {}),
});
const TRIP = {
  steps: [tool('search_orders', { id: 7 }), { type: 'model' as const }, tool('refund', { id: 7, eur: 5 })],
};

describe('tool-calls', () => {
  const golden = { expected_output: { tool_calls: [{ name: 'a', arguments: { x: 1 } }, { name: 'b' }] } };
  it('needs every expected call, in any order, with at least the expected arguments', () => {
    assert.equal(passes('tool-calls', { toolCalls: [call('b'), call('a', { x: 1, y: 2 })] }, golden), true);
    const score = scoredOf('tool-calls', { toolCalls: [call('b'), call('a', { x: 2 })] }, golden);
    assert.deepEqual([score.pass, score.score], [false, 0.5]);
    assert.match(score.reason, /missing: a\(\{"x":1\}\)/);
  });
  it('compares arguments exactly or not at all on request', () => {
    const output = { toolCalls: [call('a', { x: 1, y: 2 }), call('b')] };
    assert.equal(passes({ 'tool-calls': { arguments: 'exact' } }, output, golden), false);
    assert.equal(
      passes({ 'tool-calls': { arguments: 'ignore' } }, { toolCalls: [call('a'), call('b')] }, golden),
      true,
    );
  });
  it('minds the order and further calls on request', () => {
    const output = { toolCalls: [call('b'), call('a', { x: 1 }), call('c')] };
    assert.equal(passes({ 'tool-calls': { order: 'same' } }, output, golden), false);
    const score = scoredOf({ 'tool-calls': { extra: 'forbid' } }, output, golden);
    assert.equal(score.pass, false);
    assertClose(score.score, 2 / 3);
  });
  it('gives each expected call a call of its own', () => {
    const twice = { expected_output: { tool_calls: [{ name: 'a' }, { name: 'a', arguments: { x: 1 } }] } };
    assert.equal(passes('tool-calls', { toolCalls: [call('a', { x: 1 })] }, twice), false);
    assert.equal(passes('tool-calls', { toolCalls: [call('a', { x: 1 }), call('a')] }, twice), true);
  });
  it('takes an empty list for "no tool at all", and steps where the message has no calls', () => {
    const none = { expected_output: { tool_calls: [] } };
    assert.equal(passes('tool-calls', 'x', none), true);
    assert.equal(passes('tool-calls', { toolCalls: [call('a')] }, none), false);
    assert.equal(passes('tool-calls', TRIP, { expected_output: { tool_calls: [{ name: 'refund' }] } }), true);
    assert.equal(scoreOf('tool-calls', 'x').status, 'skipped');
  });
});

describe('tool-call-f1', () => {
  it('is the harmonic mean of precision and recall over tool names', () => {
    const output = { toolCalls: [call('a'), call('a'), call('b'), call('c')] };
    const score = scoredOf({ 'tool-call-f1': { value: 'a, d', min: 0.4 } }, output);
    assertClose(score.score, 0.4);
    assert.equal(score.pass, true);
    assert.equal(passes({ type: 'tool-call-f1', value: ['a', 'b', 'c'] }, output), true);
    assert.equal(passes({ type: 'tool-call-f1', value: ['a', 'b'], threshold: 0.9 }, output), false);
    assert.equal(scoredOf({ 'tool-call-f1': 'a' }, 'nothing called').score, 0);
  });
  for (const printed of [
    { tool_calls: [{ function: { name: 'a', arguments: '{}' } }] },
    [{ type: 'tool_use', name: 'a', input: {} }],
    { type: 'function_call', name: 'a' },
    { functionCall: { name: 'a', args: {} } },
    { toolCall: { functionCalls: [{ name: 'a' }] } },
    [{ name: 'a' }],
  ]) {
    it(`reads calls printed as ${JSON.stringify(printed).slice(0, 40)}`, () => {
      assert.equal(passes({ 'tool-call-f1': 'a' }, JSON.stringify(printed)), true);
    });
  }
  it('does not take any object with a name for a call', () => {
    assert.equal(passes({ 'tool-call-f1': 'a' }, '{"name":"a"}'), false);
  });
  it('refuses an empty list', () => {
    assert.throws(() => evaluatorOf({ 'tool-call-f1': ' , ' }), ConfigError);
  });
});

describe('is-valid-openai-tools-call', () => {
  const tools = [
    {
      type: 'function',
      function: {
        name: 'a',
        parameters: { type: 'object', required: ['x'], properties: { x: { type: 'number' } } },
      },
    },
    { type: 'function', function: { name: 'b' } },
  ];
  const entry = { 'is-valid-openai-tools-call': { tools } };
  it('holds every call to the schema of its tool', () => {
    assert.equal(passes(entry, { toolCalls: [call('a', { x: 1 }), call('b')] }), true);
    assert.match(scoredOf(entry, { toolCalls: [call('a', { x: 'one' })] }).reason, /x must be number/);
    assert.match(scoredOf(entry, { toolCalls: [call('z')] }).reason, /unknown tool "z"/);
    assert.equal(passes(entry, { toolCalls: [{ name: 'a', arguments: '{"x": ' }] }), false);
    assert.equal(passes(entry, 'no call'), false);
  });
  it('takes the tools that the target reports, and is an error without any', () => {
    assert.equal(
      passes('is-valid-openai-tools-call', { toolCalls: [call('a')], metadata: { tools } }),
      false,
    );
    assert.equal(scoreOf('is-valid-openai-tools-call', { toolCalls: [call('a')] }).status, 'error');
  });
});

describe('is-valid-function-call', () => {
  const functions = [{ name: 'a', parameters: { type: 'object', required: ['x'] } }];
  const entry = { 'is-valid-function-call': { functions } };
  it('reads a call alone, within a message, and in the form of tools', () => {
    const made = { name: 'a', arguments: '{"x":1}' };
    for (const value of [made, { content: 'Hi', function_call: made }, [{ function: made }]])
      assert.equal(passes(entry, JSON.stringify(value)), true);
    assert.equal(passes(entry, { toolCalls: [call('a', { x: 1 })] }), true);
    assert.equal(passes({ 'not-is-valid-function-call': { functions } }, JSON.stringify(made)), false);
  });
  it('holds it to the definition', () => {
    for (const [text, reason] of [
      ['{"name":"a","arguments":"{}"}', /arguments of a are not valid: .*'x'/],
      ['{"name":"b","arguments":"{}"}', /unknown function "b"/],
      ['{"name":"a","arguments":"{"}', /not a JSON object/],
      ['{"name":5}', /no function was called/],
      ['text', /no function was called/],
    ] as const)
      assert.match(scoredOf(entry, text).reason, reason);
  });
  it('takes the functions that the target reports, and is an error without any', () => {
    const output = { text: '{"name":"a","arguments":"{\\"x\\":1}"}' };
    assert.equal(passes('is-valid-openai-function-call', { ...output, metadata: { functions } }), true);
    assert.equal(scoreOf('is-valid-function-call', output).status, 'error');
  });
});

describe('trajectory:tool-used', () => {
  it('needs every tool of a list; * and ? are wildcards', () => {
    assert.equal(passes({ 'trajectory:tool-used': 'refund' }, TRIP), true);
    assert.equal(passes({ 'trajectory:tool-used': ['search_*', 'REFUN?'] }, TRIP), true);
    assert.equal(passes({ 'trajectory:tool-used': ['refund', 'mail'] }, TRIP), false);
    assert.equal(passes({ 'trajectory:tool-used': 'refund' }, 'no steps'), false);
  });
  it('forbids every tool of the list after not-', () => {
    const entry = { 'not-trajectory:tool-used': ['refund', 'mail'] };
    assert.equal(passes(entry, TRIP), false);
    assert.equal(passes({ 'not-trajectory:tool-used': ['mail'] }, TRIP), true);
    assert.equal(scoreOf(entry, 'no steps').status, 'error');
  });
  it('counts the uses of one tool', () => {
    assert.equal(passes({ 'trajectory:tool-used': { name: '*', min: 2, max: 2 } }, TRIP), true);
    assert.equal(
      passes({ type: 'trajectory:tool-used', value: { pattern: 'refund', max: 0, min: 0 } }, TRIP),
      false,
    );
    assert.equal(
      passes({ type: 'not-trajectory:tool-used', value: { name: 'refund', max: 3 } }, TRIP),
      false,
    );
  });
  it('needs to know which tool', () => {
    assert.throws(() => evaluatorOf({ 'trajectory:tool-used': { min: 1 } }), ConfigError);
  });
});

describe('trajectory:tool-sequence', () => {
  const ordered = (steps: string[], mode = 'in_order') => ({ 'trajectory:tool-sequence': { steps, mode } });
  it('allows tools in between, or none', () => {
    assert.equal(passes({ 'trajectory:tool-sequence': ['search*', 'refund'] }, TRIP), true);
    assert.equal(passes(ordered(['refund', 'search*']), TRIP), false);
    assert.equal(passes(ordered(['refund']), TRIP), true);
    assert.equal(passes(ordered(['refund'], 'exact'), TRIP), false);
    assert.equal(passes(ordered(['search_orders', 'refund'], 'exact'), TRIP), true);
    assert.equal(passes(ordered(['refund', 'search_orders'], 'exact'), TRIP), false);
    assert.equal(
      passes({ type: 'not-trajectory:tool-sequence', value: [{ name: 'refund' }, 'mail'] }, TRIP),
      true,
    );
  });
});

describe('trajectory:tool-args-match', () => {
  const args = (rest: { [key: string]: string | number | object }) =>
    ({ type: 'trajectory:tool-args-match', value: { name: 'refund', ...rest } }) as never;
  it('compares in part or exactly', () => {
    assert.equal(passes(args({ args: { id: 7 } }), TRIP), true);
    assert.equal(passes(args({ args: { id: 7 }, mode: 'exact' }), TRIP), false);
    assert.equal(passes(args({ arguments: { id: 8 } }), TRIP), false);
  });
  it('leaves out ignored arguments and those with their default', () => {
    assert.equal(passes(args({ args: { id: 7 }, mode: 'exact', ignore: 'e?r' }), TRIP), true);
    assert.equal(passes(args({ args: { id: 7 }, mode: 'exact', defaults: { eur: 5 } }), TRIP), true);
    assert.equal(passes(args({ args: { id: 7 }, mode: 'exact', defaults: { eur: 6 } }), TRIP), false);
  });
  it('does not match a call whose arguments are unknown', () => {
    assert.equal(passes(args({ args: {} }), { steps: [tool('refund')] }), false);
  });
  it('needs a name and args', () => {
    assert.throws(() => evaluatorOf({ 'trajectory:tool-args-match': { name: 'a' } }), ConfigError);
  });
});

describe('trajectory:step-count', () => {
  it('counts all steps, those of a type, and those of a name', () => {
    assert.equal(passes({ 'trajectory:step-count': 3 }, TRIP), true);
    assert.equal(passes({ 'trajectory:step-count': { type: 'tool', max: 1 } }, TRIP), false);
    assert.equal(passes({ 'trajectory:step-count': { pattern: 'ref*', min: 1, max: 1 } }, TRIP), true);
  });
  it('never passes where no step was reported', () => {
    assert.equal(scoreOf({ 'trajectory:step-count': 3 }, 'x').status, 'error');
    assert.throws(() => evaluatorOf('trajectory:step-count'), ConfigError);
  });
});

describe('skill-used', () => {
  const skills = (...names: string[]) => ({
    text: 'done',
    metadata: { skillCalls: names.map((name) => ({ name })) },
  });
  it('asks for skills, or forbids them', () => {
    assert.equal(passes({ 'skill-used': 'review' }, skills('review', 'write')), true);
    assert.equal(passes({ 'skill-used': ['review', 'test'] }, skills('review')), false);
    assert.equal(passes({ 'not-skill-used': ['review', 'test'] }, skills('review')), false);
    assert.equal(passes({ type: 'not-skill-used', value: 'test' }, skills('review')), true);
    const { reason } = scoredOf({ 'skill-used': ['review', 'test'] }, skills('review'));
    assert.equal(reason, 'not used: test; used: review');
  });
  it('counts uses by name and pattern, without those that failed', () => {
    const twice = skills('review-a', 'review-b', 'write');
    assert.equal(passes({ 'skill-used': { pattern: 'review-*', min: 2, max: 2 } }, twice), true);
    assert.equal(passes({ 'skill-used': { pattern: 'review-*', max: 1 } }, twice), false);
    assert.equal(passes({ 'skill-used': { name: 'other', max: 1 } }, twice), true);
    const failed = { metadata: { skillCalls: [{ name: 'review', is_error: true }] } };
    assert.equal(passes({ 'skill-used': 'review' }, failed), false);
  });
  it('proves nothing where no skills are reported', () => {
    assert.equal(scoreOf({ 'not-skill-used': 'review' }, 'done').status, 'error');
    assert.equal(scoreOf({ 'skill-used': { name: 'review', max: 3 } }, 'done').status, 'error');
    assert.equal(passes({ 'skill-used': 'review' }, 'done'), false);
    assert.equal(passes({ 'not-skill-used': 'review' }, skills()), true);
  });
  it('refuses what means nothing', () => {
    for (const value of [5, [], ' ', { min: 1 }, { name: 'a', min: 2, max: 1 }, { name: 'a', min: 0.5 }])
      assert.throws(() => scoreOf({ type: 'skill-used', value }, 'done'), { name: 'ConfigError' });
    assert.throws(() => scoreOf({ 'not-skill-used': { name: 'a', min: 1 } }, 'done'), {
      name: 'ConfigError',
    });
    assert.throws(() => scoreOf({ 'skill-used': { skills: 'a', max: 1 } }, 'done'), { name: 'ConfigError' });
  });
});
