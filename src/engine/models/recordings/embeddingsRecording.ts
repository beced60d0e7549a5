import { z } from 'zod';
import { FileError } from '../../errors.ts';
import { usageEntry } from '../../model/usageEntry.ts';
import type { Embedding, SendTexts } from '../embeddings/embeddings.ts';
import { ModelError } from '../modelClient.ts';
import { toUsage, usageSchema } from './recordedUsage.ts';
import { notRecorded, type Recordings } from './recordings.ts';

const schema = z.object({
  vector: z.array(z.number()).min(1),
  usage: usageSchema.nullable(),
  cost_usd: z.number().nonnegative().nullable(),
  latency_ms: z.number().nonnegative(),
});

/** Asks the real model and keeps each text's embedding by itself. */
export function recordingSender(reference: string, send: SendTexts, recordings: Recordings): SendTexts {
  return async (texts, options) => {
    const embeddings = await send(texts, options);
    for (const [index, text] of texts.entries()) {
      const embedding = embeddings[index];
      if (!embedding) continue;

      recordings.write(keyOf(reference, text), {
        request: { model: reference, input: text },
        reply: {
          vector: [...embedding.vector],
          usage: embedding.usage && usageEntry(embedding.usage),
          cost_usd: embedding.costUsd,
          latency_ms: embedding.latencyMs,
        },
      });
    }

    return embeddings;
  };
}

/** Answers from recordings alone. A text that was not recorded is a ModelError `not-recorded`. */
export function replaySender(reference: string, recordings: Recordings): SendTexts {
  return async (texts, { signal }) => {
    signal.throwIfAborted();
    return texts.map((text) => replay(reference, text, recordings));
  };
}

function replay(reference: string, text: string, recordings: Recordings): Embedding {
  const key = keyOf(reference, text);
  const found = recordings.read(key);
  if (!found) {
    const message = notRecorded(reference, recordings.shownName(key));
    throw new ModelError('not-recorded', message, { transient: false });
  }
  const parsed = schema.safeParse(found.reply);
  if (!parsed.success) {
    throw new FileError(`the recording is wrong at "reply.${parsed.error.issues[0]?.path.join('.')}"`, {
      where: { path: found.file },
      remedy: 'Record it anew with: touchstone eval --record DIR',
    });
  }
  const { vector, usage, cost_usd: costUsd, latency_ms: latencyMs } = parsed.data;
  return { vector, usage: usage && toUsage(usage), costUsd, latencyMs, replayed: true };
}

function keyOf(model: string, input: string) {
  return { kind: 'embeddings', request: { model, input }, trial: 0 } as const;
}
