import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Redactor } from '../../../../src/engine/http/redactor.ts';
import { BufferedReplies } from '../../../../src/engine/models/fallbacks/bufferedReplies.ts';
import type { Likeness } from '../../../../src/engine/models/fallbacks/likeness.ts';
import { memoryReplies } from '../../../../src/engine/models/fallbacks/replyStore.ts';
import { SimilarCache } from '../../../../src/engine/models/fallbacks/similarCache.ts';
import type { ModelReply } from '../../../../src/engine/models/modelClient.ts';
import { noLog } from '../../../../src/engine/ports.ts';
import { manualClock } from '../manualClock.ts';
import { call } from './asking.ts';

/** Questions are numbers: what two have in common is the smaller by the larger. An embedding costs a cent. */
const byNumber: Likeness = {
  by: 'words',
  place: async (text, { pool }) => {
    assert.equal(pool, 'embedding', 'whatever bulkhead the target names');
    return { place: placeOf(text), costUsd: 0.01 };
  },
  placeOf: ({ text }) => placeOf(text),
};
const placeOf = (text: string) => ({ by: 'words' as const, wording: new Map([['x', Number(text)]]) });

const ANSWER = {
  status: 'complete' as const,
  finishReason: 'stop',
  toolCalls: [],
  usage: null,
  costUsd: 7,
  model: 'm',
  responseId: null,
  latencyMs: 1,
  firstTokenMs: null,
};

function opened(threshold: number) {
  const clock = manualClock(0);
  const replies = new BufferedReplies({
    ...{ store: memoryReplies(), cache: 'similar', log: noLog },
    limits: { maxBytes: 1e6, expiresMs: 1e9 },
  });
  const cache = new SimilarCache({
    ...{ asked: { provider: 'p', model: 'm' }, likeness: byNumber, replies, redactor: new Redactor(), clock },
    calibration: () => ({ on: true, threshold, hits: 100, bound: 0.01 }),
  });
  const request = (text: string) => ({
    messages: [{ role: 'user' as const, content: text }],
    parameters: {},
  });
  return {
    clock,
    keep: async (question: string, text: string) => {
      cache.keep(request(question), call({ pool: 'planning' }), { ...ANSWER, text });
      await cache.close();
    },
    ask: async (question: string): Promise<ModelReply | undefined> => {
      const found = await cache.answer(request(question), call({ pool: 'planning' }), {
        kind: 'transient',
        message: 'down',
      });
      if (!('parts' in found)) return undefined;
      for await (const part of found.parts) if (part.type === 'end') return part.reply;
      return assert.fail('no reply');
    },
  };
}

describe('an answer to a similar question', () => {
  it('is given from the threshold on, and costs what its embedding costs', async () => {
    const { keep, ask } = opened(0.8);
    await keep('5', 'five');
    const reply = await ask('4');
    assert.deepEqual([reply?.text, reply?.costUsd], ['five', 0.01]);
    assert.equal(await ask('3.99'), undefined);
  });

  it('is the most similar one, and the newest of those', async () => {
    const { keep, ask, clock } = opened(0.1);
    await keep('2', 'below');
    clock.advance(10);
    await keep('8', 'above');
    assert.equal((await ask('4'))?.text, 'above', 'both are half alike');
    assert.equal((await ask('3'))?.text, 'below');
  });
});
