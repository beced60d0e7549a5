import assert from 'node:assert/strict';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { type Tokenizer, Tokenizers } from '../../../../src/engine/models/tokens/tokenizer.ts';

const words = fc.array(fc.constantFrom('order ', 'refund\n', '  ', '4711', 'naïve ', '漢字', '{{x}} '), {
  minLength: 150,
  maxLength: 400,
});

describe('a tokenizer for texts that are edited', () => {
  let whole: Tokenizer;
  let edited: Tokenizer;
  before(async () => {
    whole = await new Tokenizers().forModel('gpt-4o');
    edited = whole.forEditing();
  });

  it('counts as one that knows nothing of earlier texts, whatever the order of the texts', () => {
    fc.assert(
      fc.property(words, fc.nat(), fc.string({ maxLength: 20 }), (parts, place, inserted) => {
        const text = parts.join('');
        const at = place % (text.length + 1);
        const changed = `${text.slice(0, at)}${inserted}${text.slice(at)}`;
        for (const one of [text, changed, text.slice(at), changed, text])
          assert.deepEqual(edited.count(one), whole.count(one));
      }),
      { numRuns: 60 },
    );
  });

  it('counts chat requests alike, also after more long messages than it remembers', () => {
    for (let index = 0; index < 40; index += 1) {
      const content = `message ${index} ${'of some length '.repeat(60 + index)}`;
      const request = { messages: [{ role: 'user' as const, content }] };
      assert.deepEqual(edited.countChat(request), whole.countChat(request));
    }
  });
});
