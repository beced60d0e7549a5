import { BytePairs } from './bytePairs.ts';
import { type EncodingData, type EncodingName, loadEncodingData } from './encodingData.ts';
import { piecePattern } from './piecePattern.ts';

/** Pieces whose counts are remembered; then all are forgotten and the memory fills anew. */
const REMEMBERED_PIECES = 50_000;
/** Where a piece is cut that the matcher has no memory for, in characters. */
const LONGEST_PIECE = 1024 * 1024;
/** Longer pieces are rare and are not remembered, in characters. */
const REMEMBERED_LENGTH = 64;

/**
 * A text is first cut into pieces (words, runs of spaces, numbers …) by the encoding's own pattern, and each
 * piece is then encoded for itself, so counts of pieces add up to the count of the text. Special tokens such
 * as `<|endoftext|>` are ordinary text here: in data they are nothing else.
 */
export class Encoding {
  readonly name: EncodingName;
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #pairs: BytePairs;
  readonly #pattern: RegExp;
  readonly #remembered = new Map<string, number>();

  constructor(name: EncodingName, data: EncodingData) {
    this.name = name;
    this.#ranks = data.ranks;
    this.#pairs = new BytePairs(data);
    this.#pattern = piecePattern(data.pattern);
  }

  /** The number of tokens of a text. Lone surrogates count as U+FFFD, which is what a request would hold. */
  count(text: string): number {
    let total = 0;
    for (let at = 0; at < text.length; ) {
      const end = this.pieceEnd(text, at);
      total += this.countPiece(text.slice(at, end));
      at = end;
    }
    return total;
  }

  /** Where the piece that begins at `start` ends. Depends on nothing before `start`. */
  pieceEnd(text: string, start: number): number {
    this.#pattern.lastIndex = start;
    try {
      // The patterns match any character; one that they should not is a piece of its own.
      return this.#pattern.test(text) ? this.#pattern.lastIndex : start + 1;
    } catch (error) {
      // The matcher's memory ends at a run of more than two million letters: such a run is cut.
      if (!(error instanceof RangeError)) throw error;
      return Math.min(text.length, start + LONGEST_PIECE);
    }
  }

  countPiece(piece: string): number {
    const ascii = isAscii(piece);
    if (ascii && this.#ranks.has(piece)) return 1;
    const known = this.#remembered.get(piece);
    if (known !== undefined) return known;
    const count = this.#pairs.count(ascii ? piece : Buffer.from(piece, 'utf8').toString('latin1'));
    if (piece.length <= REMEMBERED_LENGTH) {
      if (this.#remembered.size >= REMEMBERED_PIECES) this.#remembered.clear();
      this.#remembered.set(piece, count);
    }
    return count;
  }
}

/** Encodings, each read when it is first asked for. */
export class Encodings {
  readonly #loading = new Map<EncodingName, Promise<Encoding>>();

  get(name: EncodingName): Promise<Encoding> {
    let loading = this.#loading.get(name);
    if (loading === undefined) {
      loading = loadEncodingData(name).then((data) => new Encoding(name, data));
      this.#loading.set(name, loading);
    }
    return loading;
  }
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}
