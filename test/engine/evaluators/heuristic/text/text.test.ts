import assert from 'node:assert/strict';
import { ConfigError } from '../../../../../src/engine/errors.ts';
import { evaluatorOf, passes, scoredOf, scoreOf } from '../../evaluating.ts';

describe('equals', () => {
  it('compares text exactly', () => {
    assert.equal(passes({ equals: 'yes' }, 'yes'), true);
    assert.equal(passes({ equals: 'yes' }, 'Yes'), false);
    assert.equal(passes({ equals: 'yes' }, 'yes\n'), false);
  });
  it('compares numbers and booleans by their text', () => {
    assert.equal(passes({ equals: 42 }, '42'), true);
    assert.equal(passes({ equals: true }, 'true'), true);
  });
  it('compares maps and lists as JSON, whatever the order of keys', () => {
    assert.equal(passes({ equals: { value: { a: 1, b: [2] } } }, '{ "b": [2], "a": 1 }'), true);
    assert.equal(passes({ type: 'equals', value: { a: 1 } }, '{"a":1,"b":2}'), false);
    assert.equal(passes({ equals: [1, 2] }, '[2,1]'), false);
    assert.equal(passes({ equals: [1] }, 'not json'), false);
  });
  it('takes the expected answer of the case, and does not apply without one', () => {
    assert.equal(passes('equals', 'Paris', { expected_output: { answer: 'Paris' } }), true);
    assert.equal(scoreOf('equals', 'Paris').status, 'skipped');
    assert.equal(scoreOf('not-equals', 'Paris').status, 'skipped');
  });
  it('ignores case as iequals', () => {
    assert.equal(passes({ iequals: 'ÉTÉ' }, 'été'), true);
    assert.equal(passes({ iequals: 'a' }, 'b'), false);
  });
  it('turns pass and score round after not-', () => {
    assert.deepEqual(scoredOf({ 'not-equals': 'a' }, 'b').score, 1);
    assert.equal(passes({ 'not-equals': [1] }, 'not json'), true);
  });
});

describe('contains', () => {
  it('finds text as it is written, numbers too', () => {
    assert.equal(passes({ contains: 'refund' }, 'a refund'), true);
    assert.equal(passes({ contains: 'Refund' }, 'a refund'), false);
    assert.equal(passes({ contains: 7 }, 'route 7'), true);
    assert.equal(passes({ icontains: 'REFUND' }, 'a refund'), true);
    assert.equal(passes({ 'not-icontains': 'REFUND' }, 'a refund'), false);
  });
  it('refuses an empty text, which everything contains', () => {
    assert.throws(() => evaluatorOf({ contains: '' }), ConfigError);
  });
});

describe('contains-any and contains-all', () => {
  it('take a list', () => {
    assert.equal(passes({ 'contains-any': ['x', 'b'] }, 'abc'), true);
    assert.equal(passes({ 'contains-any': ['x', 'y'] }, 'abc'), false);
    assert.equal(passes({ 'contains-all': ['a', 'b'] }, 'abc'), true);
    assert.equal(passes({ 'icontains-all': ['A', 'B'] }, 'abc'), true);
    assert.equal(passes({ 'icontains-any': ['Q', 'B'] }, 'abc'), true);
  });
  it('name what is missing', () => {
    assert.match(scoredOf({ 'contains-all': ['a', 'z', 'q'] }, 'abc').reason, /z, q/);
  });
  it('split a text at commas, and keep commas and quotes inside quotes', () => {
    assert.equal(passes({ 'contains-any': 'x, b ,' }, 'abc'), true);
    assert.equal(passes({ 'contains-all': '"a, b", c' }, 'a, b and c'), true);
    assert.equal(passes({ 'contains-all': '"a, b", c' }, 'a b c'), false);
    assert.equal(passes({ 'contains-all': '"say ""hi""", "\\"x\\""' }, 'say "hi" "x"'), true);
  });
  it('refuse a quotation mark without its partner, an empty list and a list of nothing', () => {
    for (const value of ['"a, b', [], ' , ,']) {
      assert.throws(() => evaluatorOf({ 'contains-any': value }), ConfigError, JSON.stringify(value));
    }
  });
});

describe('starts-with and ends-with', () => {
  it('look at the edges only', () => {
    assert.equal(passes({ 'starts-with': 'ab' }, 'abc'), true);
    assert.equal(passes({ 'starts-with': 'b' }, 'abc'), false);
    assert.equal(passes({ 'ends-with': 'bc' }, 'abc'), true);
    assert.equal(passes({ 'not-ends-with': 'b' }, 'abc'), true);
  });
});

describe('length', () => {
  it('counts code points, words in any script, and sentences', () => {
    assert.equal(passes({ length: 2 }, '👍👍'), true);
    assert.equal(passes({ length: { max: 2, unit: 'words' } }, 'it’s fine'), true);
    assert.match(scoredOf({ length: { min: 3, unit: 'words' } }, '今日は天気がいい').reason, /^\d words$/);
    assert.equal(
      passes({ length: { max: 2, min: 2, unit: 'sentences' } }, 'One is here. Two is there!'),
      true,
    );
    assert.equal(passes({ length: { min: 1 } }, ''), false);
  });
  it('needs a limit that makes sense', () => {
    assert.throws(() => evaluatorOf('length'), ConfigError);
    assert.throws(() => evaluatorOf({ length: { min: 3, max: 2 } }), ConfigError);
  });
});

describe('word-count', () => {
  it('counts what stands between white space', () => {
    assert.equal(passes({ 'word-count': 3 }, ' a  b\nc '), true);
    assert.equal(passes({ 'word-count': { min: 2, max: 3 } }, 'a b c d'), false);
    assert.equal(passes({ 'word-count': { max: 0 } }, '  '), true);
  });
  it('reads promptfoo’s forms of the value', () => {
    assert.equal(passes({ type: 'word-count', value: '3' }, 'a b c'), true);
    assert.equal(passes({ type: 'word-count', value: { min: 4 } }, 'a b c'), false);
    assert.equal(passes({ type: 'not-word-count', value: { max: 2 } }, 'a b c'), true);
  });
  it('refuses a value that is no number', () => {
    assert.throws(() => evaluatorOf({ type: 'word-count', value: 'many' }), ConfigError);
  });
});

describe('is-refusal', () => {
  for (const text of [
    'I’m sorry, but I can’t help with that.',
    'Sorry, no.',
    'Well. I cannot assist with that request.',
    'As an AI language model I have no opinion',
    'I’m unable to provide legal advice.',
    'We talked, and I won’t write that.',
    'I’m afraid I can’t do that.',
    'Unfortunately, I am unable to process that request.',
    'Sorry. That’s not something I can help with.',
    'I must respectfully decline.',
    'As an AI, I don’t have access to that.',
    '',
  ]) {
    it(`sees a refusal in ${JSON.stringify(text)}`, () => assert.equal(passes('is-refusal', text), true));
  }
  for (const text of [
    'The refund takes 30 days.',
    'I can help with that.',
    'You cannot return it after 30 days.',
    'I’m sorry for the delay. Your refund of 20 euros was issued today.',
    'Sorry about that! Here is the corrected code.',
    'I can’t find order 4111. Please check the number.',
    'I cannot recommend this book enough!',
    'As an AI assistant for Acme, I’m happy to help: 30 days.',
    'I do not recommend mixing the two: use only one.',
    'I want to be direct: pick B.',
  ]) {
    it(`sees none in ${JSON.stringify(text)}`, () => assert.equal(passes('is-refusal', text), false));
  }
  it('trusts the provider’s content filter, and a tool call is an answer', () => {
    assert.equal(passes('is-refusal', { text: 'Sure', finishReason: 'content_filter' }), true);
    assert.equal(passes('is-refusal', { text: '', toolCalls: [{ name: 'a', arguments: {} }] }), false);
    assert.equal(passes('not-is-refusal', 'Sorry'), false);
  });
});
