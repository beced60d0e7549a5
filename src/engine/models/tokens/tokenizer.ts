import type { ModelRequest } from '../modelClient.ts';
import { chatParts } from './chatTokens.ts';
import { EditedTexts } from './editedTexts.ts';
import { type Encoding, Encodings } from './encoding.ts';
import { IncrementalCounter } from './incrementalCounter.ts';
import { type TokenBasis, tokenBasis } from './tokenBasis.ts';
import { addCounts, type TokenCount, toTokenCount, withMargin } from './tokenCount.ts';

/** Beyond this many characters a text is counted by samples: the time for one text stays within seconds. */
const MOST_CHARACTERS = 2 * 1024 * 1024;
const SAMPLES = 32;
const SAMPLE_LENGTH = 64 * 1024;
/** How far the rest of a text may differ from its samples, as a share. */
const SAMPLE_MARGIN = 0.25;

/** What a chat request costs, in tokens of the model. */
export interface ChatTokens {
  total: TokenCount;
  /** One for each message, the marks round it included. */
  messages: TokenCount[];
  tools: TokenCount;
  responseFormat: TokenCount;
  /** Not in any count: they are billed by their size. */
  images: number;
}

/** Counts tokens as one model does. */
export class Tokenizer {
  readonly model: string;
  readonly basis: TokenBasis;
  readonly #encoding: Encoding;
  readonly #texts: Pick<Encoding, 'name' | 'count'>;

  /** `texts` counts in place of the encoding, with the same results. */
  constructor(
    model: string,
    basis: TokenBasis,
    encoding: Encoding,
    texts: Pick<Encoding, 'name' | 'count'> = encoding,
  ) {
    this.model = model;
    this.basis = basis;
    this.#encoding = encoding;
    this.#texts = texts;
  }

  /** The same tokenizer for texts that come again with small edits. It keeps the last few of them. */
  forEditing(): Tokenizer {
    return new Tokenizer(this.model, this.basis, this.#encoding, new EditedTexts(this.#encoding));
  }

  /** Tokens of a text; an estimate when it is longer than two million characters. */
  count(text: string): TokenCount {
    if (text.length <= MOST_CHARACTERS) return this.toModel(this.#texts.count(text));
    let sampled = 0;
    const stride = (text.length - SAMPLE_LENGTH) / (SAMPLES - 1);
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const from = Math.floor(sample * stride);
      sampled += this.#encoding.count(text.slice(from, from + SAMPLE_LENGTH));
    }
    const counted = Math.round((sampled * text.length) / (SAMPLES * SAMPLE_LENGTH));
    const count = this.toModel(counted);
    return withMargin(count, Math.ceil(count.high * SAMPLE_MARGIN));
  }

  /** Input tokens of a chat request, with what the API adds to messages and tools. */
  countChat(request: Pick<ModelRequest, 'messages' | 'tools' | 'responseFormat'>): ChatTokens {
    const parts = chatParts(this.#texts, request);
    const messages = parts.messages.map((counted) => this.toModel(counted));
    const tools = this.toModel(parts.tools);
    const responseFormat = this.toModel(parts.responseFormat);
    const sum = addCounts(...messages, tools, responseFormat, this.toModel(parts.priming));
    const margin = parts.margin + overheadMargin(this.model, request);
    return { total: withMargin(sum, margin), messages, tools, responseFormat, images: parts.images };
  }

  /** A counter for a text that is being edited; its numbers are turned into the model's by `toModel`. */
  incremental(): IncrementalCounter {
    return new IncrementalCounter(this.#encoding);
  }

  toModel(counted: number): TokenCount {
    return toTokenCount(counted, this.basis);
  }
}

/** Tokenizers by model. Encodings are read when the first model that needs them is asked for. */
export class Tokenizers {
  readonly #encodings = new Encodings();

  /** `model` as its provider names it, without the provider: `gpt-5-mini`. */
  async forModel(model: string): Promise<Tokenizer> {
    const basis = tokenBasis(model);
    return new Tokenizer(model, basis, await this.#encodings.get(basis.encoding));
  }
}

/** The families for which the cookbook shows its numbers to equal those of the API. */
const SHOWN = /^(ft:)?(gpt-3\.5-turbo|gpt-4|gpt-4-turbo|gpt-4o|gpt-4o-mini)(-\d.*)?$/i;

/**
 * Other models put other marks round messages and tools: a gpt-5 reply for two messages reported one token
 * less than the cookbook's sum, so one for each message and two for the reply are left open.
 */
function overheadMargin(model: string, request: Pick<ModelRequest, 'messages' | 'tools'>): number {
  if (SHOWN.test(model.slice(model.lastIndexOf('/') + 1))) return 0;
  return request.messages.length + 2 + 20 * Math.min(1, request.tools?.length ?? 0);
}
