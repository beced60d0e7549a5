import type { Message, ToolDefinition } from '../../model/message.ts';
import { type Encoding, Encodings } from '../../models/tokens/encoding.ts';
import { tokenBasis } from '../../models/tokens/tokenBasis.ts';
import { Tokenizer } from '../../models/tokens/tokenizer.ts';

/** Characters of a text that are counted; of a longer one, evenly spread samples. Some 40 ms. */
const MOST_CHARACTERS = 256 * 1024;
const SAMPLES = 16;

/** Counts tokens at once, by the tokenizer of any model: nobody waits in the middle of an exchange. */
export class TokenCounts {
  readonly #encodings: { readonly [name in Encoding['name']]: Encoding };

  private constructor(encodings: { readonly [name in Encoding['name']]: Encoding }) {
    this.#encodings = encodings;
  }

  /** Reads the encodings: some 200 ms and 40 MB, so only where they are needed. */
  static async load(): Promise<TokenCounts> {
    const encodings = new Encodings();
    const [o200k_base, cl100k_base] = await Promise.all([
      encodings.get('o200k_base'),
      encodings.get('cl100k_base'),
    ]);
    return new TokenCounts({ o200k_base, cl100k_base });
  }

  text(model: string, text: string): number {
    return this.#sampled(this.#tokenizer(model), text);
  }

  /** With what the API adds to messages and tools. */
  chat(model: string, messages: readonly Message[], tools: readonly ToolDefinition[]): number {
    const size = sizeOf(messages, tools);
    const tokenizer = this.#tokenizer(model);
    if (size > MOST_CHARACTERS) return this.#sampled(tokenizer, textsOf(messages, tools).join('\n'));

    return tokenizer.countChat({ messages: [...messages], tools: [...tools] }).total.tokens;
  }

  #tokenizer(model: string): Tokenizer {
    const basis = tokenBasis(model);
    return new Tokenizer(model, basis, this.#encodings[basis.encoding]);
  }

  #sampled(tokenizer: Tokenizer, text: string): number {
    if (text.length <= MOST_CHARACTERS) return tokenizer.count(text).tokens;

    const length = MOST_CHARACTERS / SAMPLES;
    const stride = (text.length - length) / (SAMPLES - 1);
    let sampled = 0;
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const from = Math.floor(sample * stride);
      sampled += tokenizer.count(text.slice(from, from + length)).tokens;
    }
    return Math.round((sampled * text.length) / MOST_CHARACTERS);
  }
}

function sizeOf(messages: readonly Message[], tools: readonly ToolDefinition[]): number {
  return textsOf(messages, tools).reduce((sum, text) => sum + text.length, 0);
}

function textsOf(messages: readonly Message[], tools: readonly ToolDefinition[]): string[] {
  const said = messages.flatMap(({ content, toolCalls = [] }) => [
    ...(typeof content === 'string'
      ? [content]
      : content.map((part) => (part.type === 'text' ? part.text : ''))),
    ...toolCalls.map(({ name, arguments: given }) => name + JSON.stringify(given)),
  ]);
  return [...said, ...tools.map((tool) => JSON.stringify(tool))];
}
