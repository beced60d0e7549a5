import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { Tiktoken } from 'tiktoken/lite';
import { Encodings } from '../../../../src/engine/models/tokens/encoding.ts';
import type { EncodingName } from '../../../../src/engine/models/tokens/encodingData.ts';
import { variedText } from './texts.ts';

const NAMES: EncodingName[] = ['o200k_base', 'cl100k_base'];

/** tiktoken itself, which all counts are held against. */
function tiktoken(name: EncodingName): Tiktoken {
  const require = createRequire(import.meta.url);
  const { bpe_ranks, special_tokens, pat_str } = require(`tiktoken/encoders/${name}.json`);
  return new Tiktoken(bpe_ranks, special_tokens, pat_str);
}

describe('encoding', function () {
  this.timeout(120_000);
  const encodings = new Encodings();

  for (const name of NAMES) {
    describe(name, () => {
      it('counts 10,000 varied texts as tiktoken does', async () => {
        const encoding = await encodings.get(name);
        const reference = tiktoken(name);
        try {
          fc.assert(
            fc.property(variedText, (text) => {
              assert.equal(encoding.count(text), reference.encode_ordinary(text).length);
            }),
            { numRuns: 10_000, seed: 20261123 },
          );
        } finally {
          reference.free();
        }
      });

      it('knows the category of every character as tiktoken does', async () => {
        const encoding = await encodings.get(name);
        const reference = tiktoken(name);
        try {
          // Each character between letters, spaces and digits, 256 to a text; nothing is assigned beyond.
          for (let block = 0; block < 0x33500; block += 256) {
            const text = Array.from({ length: 256 }, (_, index) => block + index)
              .filter((code) => code < 0xd800 || code > 0xdfff)
              .map((code) => String.fromCodePoint(code))
              .map((character) => `a${character}B ${character}1${character}${character}\n`)
              .join('');
            const said = reference.encode_ordinary(text).length;
            assert.equal(encoding.count(text), said, `block U+${block.toString(16)}`);
          }
        } finally {
          reference.free();
        }
      });

      it('counts long pieces without a boundary as tiktoken does', async () => {
        const encoding = await encodings.get(name);
        const reference = tiktoken(name);
        const letters = Array.from({ length: 3000 }, (_, index) => 'etaoinshrdlu'[(index * index) % 12]).join(
          '',
        );
        const pieces = [
          'a'.repeat(4000),
          letters,
          'é'.repeat(1500),
          ' '.repeat(4000),
          '=-'.repeat(1500),
          '漢字'.repeat(700),
        ];
        try {
          for (const piece of [...pieces, ...pieces.map((text) => `${text} x${text}\n`)])
            assert.equal(encoding.count(piece), reference.encode_ordinary(piece).length, piece.slice(0, 12));
        } finally {
          reference.free();
        }
      });
    });
  }

  it('ends on any input: a million characters without a space, 400,000 of one letter', async () => {
    const encoding = await encodings.get('o200k_base');
    const base64 = Buffer.from(Array.from({ length: 750_000 }, (_, index) => (index * 7919) % 251)).toString(
      'base64',
    );
    const letters = base64.replaceAll(/[^A-Za-z]/g, 'x');
    // What tiktoken's rules give for a run of one letter: eight to a token.
    assert.equal(encoding.count('a'.repeat(400_000)), 50_000);
    assert.equal(encoding.count(' '.repeat(1_000_000)), Math.ceil(1_000_000 / 128));
    for (const text of [
      letters,
      '漢'.repeat(1_000_000),
      'A'.repeat(1_000_000),
      '\n \t'.repeat(300_000),
      '0'.repeat(1_000_000),
    ]) {
      const count = encoding.count(text);
      assert.ok(count > 0 && count <= Buffer.byteLength(text), `${count} for ${text.slice(0, 8)}`);
    }
  });

  it('takes special tokens and lone surrogates in data for ordinary text', async () => {
    const encoding = await encodings.get('o200k_base');
    assert.ok(encoding.count('<|endoftext|>') > 1);
    assert.equal(encoding.count('\ud83d'), encoding.count('\ufffd'));
    assert.equal(encoding.count('a\udc00b'), encoding.count('a\ufffdb'));
    assert.equal(encoding.count(''), 0);
  });
});
