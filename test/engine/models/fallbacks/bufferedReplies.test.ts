import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { StoreError } from '../../../../src/engine/errors.ts';
import type { KeptReply } from '../../../../src/engine/model/keptReply.ts';
import { BufferedReplies } from '../../../../src/engine/models/fallbacks/bufferedReplies.ts';
import { memoryReplies, type ReplyStore } from '../../../../src/engine/models/fallbacks/replyStore.ts';

const LIMITS = { maxBytes: 1e6, expiresMs: 1000 };
const reply = (key: string, createdAt = 0): KeptReply => ({
  key,
  partition: 'p',
  createdAt,
  question: null,
  body: '{}',
});

function opened(store: ReplyStore = memoryReplies()) {
  const warnings: string[] = [];
  const log = { write: (_: string, message: string) => warnings.push(message) };
  const replies = new BufferedReplies({ store, cache: 'similar', limits: LIMITS, log });
  return { store, replies, warnings };
}

describe('a cache whose changes are written in batches', () => {
  it('finds what is not written yet, until it expires', () => {
    const { replies, store } = opened();
    replies.put(reply('a'), 0);
    assert.equal(store.size('similar').entries, 0);
    assert.equal(replies.find('a', 999)?.key, 'a');
    assert.equal(replies.find('a', 1000), undefined);
  });

  it('writes what waits before a partition is read', () => {
    const { replies } = opened();
    replies.put(reply('a'), 0);
    assert.deepEqual(
      [...replies.inPartition('p', 1)].map(({ key }) => key),
      ['a'],
    );
  });

  it('writes a batch as soon as it is one, and the rest in the end', () => {
    const { replies, store } = opened();
    for (let at = 0; at < 64; at += 1) replies.put(reply(`${at}`), 0);
    assert.equal(store.size('similar').entries, 64);
    replies.put(reply('last'), 0);
    assert.equal(store.size('similar').entries, 64);
    replies.flush(0);
    assert.equal(store.size('similar').entries, 65);
  });

  it('ends with a store that fails, with one warning, and never hides a bug', () => {
    let failure: Error = new StoreError('the disk is full');
    let asked = 0;
    const fail = () => {
      asked += 1;
      throw failure;
    };
    const { replies, warnings } = opened({ ...memoryReplies(), find: fail, put: fail });
    assert.equal(replies.find('a', 0), undefined);
    assert.equal(replies.find('a', 0), undefined);
    replies.put(reply('a'), 0);
    replies.flush(0);
    assert.deepEqual([asked, warnings.length], [1, 1]);

    failure = new TypeError('a bug');
    const other = opened({ ...memoryReplies(), find: fail });
    assert.throws(() => other.replies.find('a', 0), failure);
  });
});
