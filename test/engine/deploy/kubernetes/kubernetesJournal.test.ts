import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { EntryDraft } from '../../../../src/engine/deploy/journal/journal.ts';
import { JournalConflict } from '../../../../src/engine/deploy/journal/journalConflict.ts';
import { KubernetesJournal } from '../../../../src/engine/deploy/routers/kubernetes/journal/kubernetesJournal.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import { type Clock, systemClock } from '../../../../src/engine/ports.ts';
import { type Shop, startShop } from '../../../support/kubernetes/shop.ts';

const { signal } = new AbortController();

describe('the journal in the cluster', () => {
  let shop: Shop;
  let nowMs: number;
  beforeEach(async () => {
    shop = await startShop();
    nowMs = 0;
  });
  afterEach(async () => await shop.close());

  /** Of a machine whose wall clock is wrong by so much. */
  const journal = (skewMs = 0): KubernetesJournal => {
    const clock: Clock = {
      ...systemClock,
      now: () => 1_800_000_000_000 + nowMs + skewMs,
      monotonic: () => nowMs,
    };
    return new KubernetesJournal(shop.client(), clock);
  };
  const draft = (text: string, more: Partial<EntryDraft> = {}): EntryDraft => ({
    kind: 'note',
    atMs: 1,
    by: 'me',
    text,
    data: {},
    ...more,
  });
  const transition = (phase: string): EntryDraft =>
    draft(phase, {
      kind: 'transition',
      data: {
        event: 'x',
        reason: 'x',
        effects: [],
        state: {
          phase,
          step: null,
          extensions: 0,
          successor: null,
          pair: { blue: null, green: { name: 'a', digest: 'b', target: { kind: 'release', release: 'r' } } },
        },
      },
    });
  const fails = async (work: Promise<unknown>, pattern: RegExp) =>
    await assert.rejects(
      work,
      (error: unknown) => error instanceof JournalConflict && pattern.test(error.message),
    );

  it('keeps entries in their order, for whoever reads them anywhere', async () => {
    const own = journal();
    await own.hold('support', 'me', 10_000, signal);
    for (let seq = 0; seq < 12; seq += 1) await own.append('support', draft(`entry ${seq + 1}`), seq, signal);
    const entries = await journal().read('support', signal);
    assert.deepEqual(
      entries.map(({ seq, text }) => [seq, text]),
      Array.from({ length: 12 }, (_, at) => [at + 1, `entry ${at + 1}`]),
    );
    assert.deepEqual(await journal().list(signal), ['support']);
    assert.deepEqual(await journal().read('other', signal), []);
  });

  it('takes one entry after another, and of two writers the first', async () => {
    const [one, two] = [journal(), journal()];
    await one.append('support', draft('it began'), 0, signal);
    await fails(one.append('support', draft('late'), 0, signal), /.*/);
    const wishes = ['a', 'b', 'c'].map((by) =>
      (by === 'b' ? two : one).append('support', draft('pause', { kind: 'wish', by }), 1, signal),
    );
    const settled = await Promise.allSettled(wishes);
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.deepEqual((await one.read('support', signal)).length, 2);
  });

  it('writes an entry once where the answer was lost', async () => {
    const own = journal();
    await own.hold('support', 'me', 10_000, signal);
    await own.append('support', draft('it began'), 0, signal);
    shop.server.fail(/^patch configmaps/, { kind: 'late', code: 500 });
    const entry = draft('and went on');
    await assert.rejects(own.append('support', entry, 1, signal));
    assert.equal((await own.append('support', entry, 1, signal)).seq, 2);
    assert.equal((await own.read('support', signal)).length, 2);
  });

  it('belongs to who has the lease; wishes are anybody’s', async () => {
    const [one, two] = [journal(), journal()];
    assert.deepEqual(await one.hold('support', 'me', 10_000, signal), { isHeld: true });
    await one.append('support', transition('preparing'), 0, signal);
    const other = await two.hold('support', 'you', 10_000, signal);
    assert.ok(!other.isHeld && other.by === 'me');
    await fails(two.append('support', draft('x', { by: 'you' }), 1, signal), /is controlled by me/);
    await two.append('support', draft('pause', { kind: 'wish', by: 'you' }), 1, signal);
    await one.release('support', 'me', signal);
    assert.deepEqual(await two.hold('support', 'you', 10_000, signal), { isHeld: true });
    await fails(one.append('support', draft('x'), 2, signal), /is controlled by you/);
  });

  it('goes over to another machine when the lease has run out, however wrong its clock is', async () => {
    await journal().hold('support', 'me', 10_000, signal);
    for (const skewMs of [-3_600_000, 3_600_000]) {
      const other = journal(skewMs);
      assert.equal((await other.hold('support', 'you', 10_000, signal)).isHeld, false);
      nowMs += 9_000;
      assert.equal((await other.hold('support', 'you', 10_000, signal)).isHeld, false);
    }
    const other = journal();
    await other.hold('support', 'you', 10_000, signal);
    nowMs += 10_000;
    assert.equal(await other.holderOf('support', signal), null);
    assert.deepEqual(await other.hold('support', 'you', 10_000, signal), { isHeld: true });
    const lease = shop.server.get('leases', 'touchstone-support') ?? { spec: {} };
    const { holderIdentity, leaseTransitions } = lease['spec'] as JsonObject;
    assert.deepEqual([holderIdentity, leaseTransitions], ['you', 1]);
  });

  it('gives the lease to one of many who ask at once', async () => {
    const all = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => await journal().hold('support', name, 10_000, signal)),
    );
    assert.equal(all.filter(({ isHeld }) => isHeld).length, 1);
  });

  it('begins anew once the attempt before has ended, and not earlier', async () => {
    const own = journal();
    await own.hold('support', 'me', 10_000, signal);
    await own.append('support', transition('preparing'), 0, signal);
    await fails(own.append('support', transition('starting'), 0, signal), /somebody else has written/);
    await own.append('support', transition('rolled-back'), 1, signal);
    await own.append('support', transition('preparing'), 0, signal);
    const entries = await own.read('support', signal);
    assert.deepEqual(
      entries.map(({ seq, text }) => [seq, text]),
      [[1, 'preparing']],
    );
  });

  it('sums up old notes and wishes before the ConfigMap is full, and keeps the state', async () => {
    const own = journal();
    await own.hold('support', 'me', 10_000, signal);
    await own.append('support', transition('preparing'), 0, signal);
    // Two bytes each, as the cluster counts.
    const long = 'ä'.repeat(10_000);
    for (let seq = 1; seq < 100; seq += 1) {
      const entry =
        seq % 12 === 0 ? transition('watching') : draft(long, { data: seq === 3 ? { where: 'here' } : {} });
      await own.append('support', entry, seq, signal);
    }
    const size = Buffer.byteLength(JSON.stringify(shop.server.get('configmaps', 'touchstone-support')));
    assert.ok(size < 700_000, `${size} bytes`);
    const entries = await own.read('support', signal);
    assert.equal(entries.filter(({ kind }) => kind === 'transition').length, 9);
    assert.ok(entries.some(({ data }) => data['where'] === 'here'));
    const left = entries.map(({ data }) => Number(data['summedUp'] ?? 1));
    assert.equal(
      left.reduce((sum, count) => sum + count, 0),
      100,
    );
    assert.deepEqual(entries.at(-1)?.seq, 100);
    assert.ok(entries.slice(-16).every(({ text }) => text === long || text === 'watching'));
  });

  it('keeps deployments apart whose names are no names of objects', async () => {
    const own = journal();
    for (const name of ['Ä b', 'Ä_b', 'a'.repeat(60)]) {
      await own.append(name, draft(name), 0, signal);
      assert.equal((await own.read(name, signal))[0]?.text, name);
    }
    assert.equal((await own.list(signal)).length, 3);
  });
});
