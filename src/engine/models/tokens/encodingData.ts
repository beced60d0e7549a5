/** The public encodings that this program brings along. */
export type EncodingName = 'o200k_base' | 'cl100k_base';

/** One encoding as tiktoken publishes it. */
export interface EncodingData {
  /** The pre-tokenizer, in the syntax of Rust's `fancy-regex`. */
  pattern: string;
  /** Rank of each token; its bytes are written as one character each (Latin-1). */
  ranks: ReadonlyMap<string, number>;
  /** Bytes of the longest token. */
  longest: number;
}

/** Reads an encoding from the package `tiktoken`: some 100 ms and 20 MB, so only when it is needed. */
export async function loadEncodingData(name: EncodingName): Promise<EncodingData> {
  const { pat_str: pattern, bpe_ranks } = await importEncoding(name);
  const ranks = new Map<string, number>();
  let longest = 0;
  for (const line of bpe_ranks.split('\n')) {
    // `! OFFSET TOKEN TOKEN …`: the tokens in base64, ranked from the offset on.
    const [mark, offset, ...tokens] = line.split(' ');
    if (mark !== '!') continue;

    let rank = Number(offset);
    for (const token of tokens) {
      const bytes = atob(token);
      if (bytes.length > longest) longest = bytes.length;
      ranks.set(bytes, rank);
      rank += 1;
    }
  }

  return { pattern, ranks, longest };
}

async function importEncoding(name: EncodingName): Promise<{ pat_str: string; bpe_ranks: string }> {
  switch (name) {
    case 'o200k_base':
      return (await import('tiktoken/encoders/o200k_base.json', { with: { type: 'json' } })).default;
    case 'cl100k_base':
      return (await import('tiktoken/encoders/cl100k_base.json', { with: { type: 'json' } })).default;
  }
}
