import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type KeptReply, keptBytes } from '../../../../src/engine/model/keptReply.ts';
import { memoryReplies, type ReplyStore } from '../../../../src/engine/models/fallbacks/replyStore.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import { storedWorkspace } from '../../../support/storedStores.ts';

const LARGE = { maxBytes: 1_000_000, expiresMs: 1000 };

function reply(key: string, more: Partial<KeptReply> = {}): KeptReply {
  return { key, partition: '', createdAt: 0, question: null, body: 'body', ...more };
}

const keysOf = (replies: Iterable<KeptReply>) => [...replies].map(({ key }) => key).sort();

const stores: [string, () => { replies: ReplyStore; close(): void }][] = [
  ['in memory', () => ({ replies: memoryReplies(), close: () => {} })],
  [
    'of a workspace',
    () => {
      const store = new RunStore(':memory:');
      return { replies: store.replies, close: () => store.close() };
    },
  ],
];

for (const [name, open] of stores)
  describe(`the store of replies ${name}`, () => {
    let replies: ReplyStore;
    let close: () => void;
    beforeEach(() => ({ replies, close } = open()));
    afterEach(() => close());

    it('gives back what was put, by cache and key', () => {
      const kept = reply('k', { body: '{"text":"Zoë 👋\\u0000"}' });
      replies.put('exact', [kept], 0, LARGE);
      assert.deepEqual(replies.find('exact', 'k', 0, LARGE), kept);
      assert.equal(replies.find('similar', 'k', 0, LARGE), undefined);
      assert.equal(replies.find('exact', 'K', 0, LARGE), undefined);
    });

    it('keeps questions with their embeddings to the last bit', () => {
      const vector = Float32Array.from([0.1, -1e-30, 3, Number.MIN_VALUE]);
      const kept = reply('k', { partition: 'p', question: { text: 'why?', vector } });
      const worded = reply('w', { partition: 'p', question: { text: 'how?', vector: null } });
      replies.put('similar', [kept, worded, reply('other', { partition: 'q' })], 0, LARGE);
      assert.deepEqual(keysOf(replies.inPartition('similar', 'p', 0, LARGE)), ['k', 'w']);
      assert.deepEqual(replies.find('similar', 'k', 0, LARGE)?.question, { text: 'why?', vector });
      assert.deepEqual(replies.find('similar', 'w', 0, LARGE)?.question, { text: 'how?', vector: null });
    });

    it('keeps a part of a larger array as that part', () => {
      const vector = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
      replies.put('similar', [reply('k', { question: { text: '', vector } })], 0, LARGE);
      assert.deepEqual([...(replies.find('similar', 'k', 0, LARGE)?.question?.vector ?? [])], [1, 2]);
    });

    it('does not find what has expired, to the millisecond, and removes it with the next one', () => {
      replies.put('exact', [reply('old')], 0, LARGE);
      assert.notEqual(replies.find('exact', 'old', 999, LARGE), undefined);
      assert.equal(replies.find('exact', 'old', 1000, LARGE), undefined);
      assert.deepEqual(keysOf(replies.inPartition('exact', '', 1000, LARGE)), []);
      assert.equal(replies.size('exact').entries, 1);
      replies.put('exact', [reply('new', { createdAt: 1000 })], 1000, LARGE);
      assert.deepEqual(replies.size('exact'), { entries: 1, bytes: keptBytes(reply('new')) });
    });

    it('keeps nothing where entries expire at once, or there is no room', () => {
      replies.put('exact', [reply('a')], 0, { ...LARGE, expiresMs: 0 });
      assert.equal(replies.find('exact', 'a', 0, { ...LARGE, expiresMs: 0 }), undefined);
      replies.put('exact', [reply('b')], 0, { ...LARGE, maxBytes: 0 });
      assert.deepEqual(replies.size('exact'), { entries: 0, bytes: 0 });
    });

    it('counts what is replaced once', () => {
      replies.put('exact', [reply('k', { body: 'x'.repeat(100) })], 0, LARGE);
      replies.put('exact', [reply('k', { body: 'é' })], 1, LARGE);
      assert.deepEqual(replies.size('exact'), { entries: 1, bytes: 3 });
    });

    it('removes what was not used for the longest time, and no more than it has to', () => {
      const each = keptBytes(reply('a'));
      const limits = { ...LARGE, maxBytes: 3 * each };
      for (const [at, key] of ['a', 'b', 'c'].entries()) replies.put('exact', [reply(key)], at, limits);
      replies.touch('exact', ['a'], 10);
      replies.put('exact', [reply('d')], 11, limits);
      assert.deepEqual(keysOf(replies.inPartition('exact', '', 11, limits)), ['a', 'c', 'd']);
      // One entry that takes the room of two.
      replies.put('exact', [reply('e', { body: 'x'.repeat(each + 3) })], 12, limits);
      assert.deepEqual(keysOf(replies.inPartition('exact', '', 12, limits)), ['d', 'e']);
    });

    it('does not count time backwards', () => {
      const limits = { ...LARGE, maxBytes: 2 * keptBytes(reply('a')) };
      replies.put('exact', [reply('a')], 5, limits);
      replies.put('exact', [reply('b')], 6, limits);
      replies.touch('exact', ['a'], 9);
      replies.touch('exact', ['a'], 1);
      replies.put('exact', [reply('c')], 10, limits);
      assert.deepEqual(keysOf(replies.inPartition('exact', '', 10, limits)), ['a', 'c']);
    });

    it('keeps caches apart when one is cleared or full', () => {
      replies.put('exact', [reply('a'), reply('b')], 0, LARGE);
      replies.put('similar', [reply('a')], 0, LARGE);
      assert.equal(replies.clear('exact'), 2);
      assert.equal(replies.clear('exact'), 0);
      assert.deepEqual(replies.size('exact'), { entries: 0, bytes: 0 });
      assert.equal(replies.size('similar').entries, 1);
    });
  });

describe('the store of replies of an earlier version', () => {
  it('is empty where it is only read', () => {
    const { file } = storedWorkspace(4);
    const store = new RunStore(file, { access: 'read' });
    assert.deepEqual(store.replies.size('exact'), { entries: 0, bytes: 0 });
    store.close();
  });
});
