import type { Usage } from '../../model/output.ts';
import { type CallOptions, ModelError } from '../modelClient.ts';

/** A text as a point in space. What was used and paid is the text's share of its request. */
export interface Embedding {
  vector: readonly number[];
  usage: Usage | null;
  /** US dollars; null when the price is unknown. */
  costUsd: number | null;
  /** Of the whole request, in milliseconds. */
  latencyMs: number;
  replayed?: true;
}

/** One embedding model of one provider. Throws ModelError; rejects with the signal's reason when aborted. */
export interface Embedder {
  readonly provider: string;
  readonly model: string;
  /** `text` must not be empty. A text that was asked for before costs nothing. */
  embed(text: string, options: CallOptions): Promise<Embedding>;
}

/** Finds embedding models by reference, as in `openai/text-embedding-3-small`. */
export interface EmbeddingCatalog {
  /** Throws ConfigError when the provider is not configured or its key is missing. */
  embedder(reference: string): Embedder;
}

/** One request: an embedding for each text, in their order. */
export type SendTexts = (texts: readonly string[], options: CallOptions) => Promise<Embedding[]>;

/** Requests at the same time; texts that come in meanwhile share the next one. */
const MAX_REQUESTS = 2;
/** Limits of one request; providers take more. */
const MAX_TEXTS = 96;
const MAX_CHARACTERS = 200_000;
/** Vectors are kept for this many texts: references come again, outputs seldom do. */
const MAX_KEPT = 1_000;

interface Waiting {
  text: string;
  options: CallOptions;
  resolve(embedding: Embedding): void;
  reject(error: unknown): void;
}

/**
 * Gathers texts into few requests and asks for each text once in a run; whoever asks first pays. A text that
 * the provider refuses does not take the others of its request with it.
 */
export function createEmbedder(identity: { provider: string; model: string }, send: SendTexts): Embedder {
  const kept = new Map<string, Promise<Embedding>>();
  let queue: Waiting[] = [];
  let running = 0;

  const pump = (): void => {
    while (running < MAX_REQUESTS && queue.length > 0) {
      const batch = takeBatch(queue);
      queue = queue.slice(batch.length);
      running += 1;

      sendBatch(batch, send).finally(() => {
        running -= 1;
        pump();
      });
    }
  };

  const request = (text: string, options: CallOptions): Promise<Embedding> =>
    new Promise((resolve, reject) => {
      queue.push({ text, options, resolve, reject });
      // Everything that is asked for in this turn goes together.
      queueMicrotask(pump);
    });

  return {
    ...identity,

    embed: async (text, options) => {
      options.signal.throwIfAborted();

      const known = kept.get(text);
      if (known) {
        const { vector } = await known;
        return { vector, usage: { inputTokens: 0, outputTokens: 0 }, costUsd: 0, latencyMs: 0 };
      }

      const asked = request(text, options);
      kept.set(text, asked);
      if (kept.size > MAX_KEPT) for (const oldest of kept.keys()) if (kept.delete(oldest)) break;

      try {
        return await asked;
      } catch (error) {
        // A failure is not kept: the next one asks again.
        kept.delete(text);
        throw error;
      }
    },
  };
}

/** Failures that one text may have caused for all texts of its request. */
function isOfOneText({ code }: ModelError): boolean {
  return code === 'bad-request' || code === 'not-recorded';
}

function takeBatch(queue: readonly Waiting[]): Waiting[] {
  let characters = 0;
  let count = 0;
  for (const { text } of queue) {
    characters += text.length;
    if (count > 0 && (count >= MAX_TEXTS || characters > MAX_CHARACTERS)) break;
    count += 1;
  }
  return queue.slice(0, count);
}

async function sendBatch(batch: readonly Waiting[], send: SendTexts): Promise<void> {
  const [first] = batch;
  if (!first) return;

  try {
    const embeddings = await send(
      batch.map(({ text }) => text),
      first.options,
    );

    for (const [index, waiting] of batch.entries()) {
      const embedding = embeddings[index];
      if (embedding) waiting.resolve(embedding);
      else waiting.reject(new ModelError('protocol', 'an embedding is missing', { transient: false }));
    }
  } catch (error) {
    if (batch.length > 1 && error instanceof ModelError && isOfOneText(error)) {
      for (const waiting of batch) await sendBatch([waiting], send);
      return;
    }

    for (const waiting of batch) waiting.reject(error);
  }
}
