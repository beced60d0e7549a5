import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { Encodings } from '../../../../src/engine/models/tokens/encoding.ts';
import { IncrementalCounter } from '../../../../src/engine/models/tokens/incrementalCounter.ts';
import { variedText } from './texts.ts';

/** Small pieces that change what stands round them: white space, letters of either case, digits, quotes. */
const snippet = fc.oneof(
  variedText,
  fc.stringMatching(/^[ \n\taA漢1'!s]{0,6}$/),
  fc.constantFrom('', ' ', '\n', 'a', 'A', '漢', "'", 's', '\ud83d', '\ude00', '/'),
);

/** Where to edit, as a share of the text; how much to take out; what to put in. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.integer({ min: 0, max: 12 }),
  insert: snippet,
});

describe('incremental counter', function () {
  this.timeout(60_000);
  const encodings = new Encodings();

  for (const name of ['o200k_base', 'cl100k_base'] as const) {
    it(`gives after any edits what a new count gives (${name})`, async () => {
      const encoding = await encodings.get(name);
      const start = fc.oneof(variedText, fc.stringMatching(/^[ \n\taA漢1'!s]{0,40}$/));
      fc.assert(
        fc.property(start, fc.array(edit, { maxLength: 8 }), (initial, edits) => {
          const counter = new IncrementalCounter(encoding);
          let text = initial;
          assert.equal(counter.update(text), encoding.count(text));
          for (const { at, remove, insert } of edits) {
            const place = Math.floor(at * text.length);
            text = text.slice(0, place) + insert + text.slice(place + remove);
            assert.equal(counter.update(text), encoding.count(text));
          }
        }),
        { numRuns: 3000, seed: 20261123 },
      );
    });
  }

  it('counts only the pieces round an edit again', async () => {
    const encoding = await encodings.get('o200k_base');
    const counter = new IncrementalCounter(encoding);
    const text = 'Answer politely, cite the policy, and keep it under 100 words.\n'.repeat(640);
    counter.update(text);
    const all = counter.recounted;
    assert.ok(all > 8000);
    const middle = text.length >> 1;
    counter.update(`${text.slice(0, middle)}x${text.slice(middle)}`);
    assert.ok(counter.recounted <= 12, `${counter.recounted} of ${all} pieces`);
    counter.update(`${text.slice(0, middle)}x${text.slice(middle)}`);
    assert.equal(counter.recounted, 0);
  });
});
