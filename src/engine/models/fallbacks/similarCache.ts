import type { Redactor } from '../../http/redactor.ts';
import type { KeptReply } from '../../model/keptReply.ts';
import type { SourceReason } from '../../model/replySource.ts';
import type { Clock } from '../../ports.ts';
import { partsOf } from '../clientForms.ts';
import type { CallOptions, ModelReply, ModelRequest } from '../modelClient.ts';
import type { BufferedReplies } from './bufferedReplies.ts';
import type { Calibration } from './calibration.ts';
import { decisionOfError } from './decisionOfError.ts';
import { type AskedModel, digest } from './exactKey.ts';
import { readAnswer, writeAnswer } from './keptAnswer.ts';
import { type Likeness, type Place, similarity } from './likeness.ts';
import { likeRequest } from './likeRequest.ts';
import type { FallbackAnswer, ReplyFallback, ReplyKeeper } from './replyFallback.ts';

interface SimilarCacheOptions {
  asked: AskedModel;
  likeness: Likeness;
  /** Of the target that asks; undefined before it is known. */
  calibration(): Calibration | undefined;
  replies: BufferedReplies;
  redactor: Redactor;
  clock: Clock;
}

/** What one model answered to a question like this one, where everything else about the request was the same. */
export class SimilarCache implements ReplyFallback, ReplyKeeper {
  readonly name = 'similar';
  readonly takesTime: boolean;
  readonly #options: SimilarCacheOptions;
  readonly #keeping = new Set<Promise<void>>();

  constructor(options: SimilarCacheOptions) {
    this.#options = options;
    this.takesTime = options.likeness.by === 'embeddings';
  }

  async answer(request: ModelRequest, call: CallOptions, why: SourceReason): Promise<FallbackAnswer> {
    const { asked, likeness, replies, redactor, clock } = this.#options;
    const calibration = this.#options.calibration();
    if (!calibration?.on)
      return { nothing: `off, because ${calibration?.reason ?? 'it was not calibrated'}` };

    const begun = clock.monotonic();
    const like = likeRequest(asked, request);
    if (!like) return { nothing: 'the last message is not a text from the user' };

    const { place, costUsd } = await likeness.place(redactor.text(like.text), ofEmbedding(call));
    const now = clock.now();
    const best = this.#nearest(replies.inPartition(like.partition, now), place);
    if (!best || best.similarity < calibration.threshold) return { nothing: nothingAlike(best, calibration) };

    replies.touch(best.reply.key, now);
    const { reply, stored } = readAnswer(best.reply, { now, latencyMs: clock.monotonic() - begun, why });
    const source = { kind: 'similar', similarity: best.similarity, by: likeness.by, ...stored } as const;
    return { parts: partsOf({ ...reply, costUsd, source }) };
  }

  /** In the background: an embedding takes a while, and the reply is there. */
  keep(request: ModelRequest, call: CallOptions, reply: ModelReply & { status: 'complete' }): void {
    if (!this.#options.calibration()?.on) return;
    const keeping = this.#keep(request, call, reply)
      .catch((error: unknown) => {
        // What cannot be kept is only missing later.
        if (!call.signal.aborted && !decisionOfError(error)) throw error;
      })
      .finally(() => this.#keeping.delete(keeping));
    this.#keeping.add(keeping);
  }

  /** Resolves when everything has been kept. */
  async close(): Promise<void> {
    await Promise.all(this.#keeping);
  }

  async #keep(
    request: ModelRequest,
    call: CallOptions,
    reply: ModelReply & { status: 'complete' },
  ): Promise<void> {
    const { asked, likeness, replies, redactor, clock } = this.#options;
    const like = likeRequest(asked, request);
    if (!like) return;

    const text = redactor.text(like.text);
    const { place } = await likeness.place(text, ofEmbedding(call));
    const now = clock.now();
    const key = digest([like.partition, like.text]);
    const answeredBy = `${asked.provider}/${asked.model}`;
    const body = writeAnswer(reply, { answeredBy, promptHash: key }, redactor);
    const question = { text, vector: place.by === 'embeddings' ? place.vector : null };
    replies.put({ key, partition: like.partition, createdAt: now, question, body }, now);
  }

  /** The newest of those that are most alike. */
  #nearest(replies: Iterable<KeptReply>, place: Place): { reply: KeptReply; similarity: number } | undefined {
    let best: { reply: KeptReply; similarity: number } | undefined;
    for (const reply of replies) {
      const other = reply.question && this.#options.likeness.placeOf(reply.question);
      if (!other) continue;

      const value = similarity(place, other);
      const isBetter =
        !best ||
        value > best.similarity ||
        (value === best.similarity && reply.createdAt > best.reply.createdAt);
      if (isBetter) best = { reply, similarity: value };
    }
    return best;
  }
}

/** It is no call of the target's, whatever bulkhead that names. */
function ofEmbedding(call: CallOptions): CallOptions {
  return { ...call, pool: 'embedding' };
}

function nothingAlike(
  best: { similarity: number } | undefined,
  { threshold }: { threshold: number },
): string {
  if (!best) return 'no reply to such a request is stored';
  return `the most similar question is ${best.similarity.toFixed(3)} alike, and ${threshold} is needed`;
}
