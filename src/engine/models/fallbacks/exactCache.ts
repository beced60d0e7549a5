import type { Redactor } from '../../http/redactor.ts';
import type { SourceReason } from '../../model/replySource.ts';
import type { Clock } from '../../ports.ts';
import { partsOf } from '../clientForms.ts';
import type { CallOptions, ModelReply, ModelRequest } from '../modelClient.ts';
import type { BufferedReplies } from './bufferedReplies.ts';
import { type AskedModel, exactKey } from './exactKey.ts';
import { readAnswer, writeAnswer } from './keptAnswer.ts';
import type { FallbackAnswer, ReplyFallback, ReplyKeeper } from './replyFallback.ts';

interface ExactCacheOptions {
  asked: AskedModel;
  replies: BufferedReplies;
  redactor: Redactor;
  clock: Clock;
}

/** What one model answered to the very same request before. */
export class ExactCache implements ReplyFallback, ReplyKeeper {
  readonly name = 'cache';
  readonly takesTime = false;
  readonly #options: ExactCacheOptions;

  constructor(options: ExactCacheOptions) {
    this.#options = options;
  }

  async answer(request: ModelRequest, call: CallOptions, why: SourceReason): Promise<FallbackAnswer> {
    const { asked, replies, clock } = this.#options;
    const begun = clock.monotonic();
    const key = exactKey(asked, request, call.trial ?? 0);
    if (key === undefined) return { nothing: 'a request with links to pictures is not kept' };

    const now = clock.now();
    const found = replies.find(key, now);
    if (!found) return { nothing: 'no reply to this request is stored' };

    replies.touch(key, now);
    const { reply, stored } = readAnswer(found, { now, latencyMs: clock.monotonic() - begun, why });
    return { parts: partsOf({ ...reply, source: { kind: 'cache', ...stored } }) };
  }

  keep(request: ModelRequest, call: CallOptions, reply: ModelReply & { status: 'complete' }): void {
    const { asked, replies, redactor, clock } = this.#options;
    const key = exactKey(asked, request, call.trial ?? 0);
    if (key === undefined) return;

    const now = clock.now();
    const answeredBy = `${asked.provider}/${asked.model}`;
    const body = writeAnswer(reply, { answeredBy, promptHash: key }, redactor);
    replies.put({ key, partition: '', createdAt: now, question: null, body }, now);
  }
}
