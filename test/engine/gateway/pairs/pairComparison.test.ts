import assert from 'node:assert/strict';
import { liveComparison } from '../../../../src/engine/compare/live/liveComparison.ts';
import { StoreError } from '../../../../src/engine/errors.ts';
import { systemClock } from '../../../../src/engine/ports.ts';
import { type OpenedPairs, openLivePairs, pair } from '../../../support/gateway/livePairs.ts';

const GOOD = 'yes, please';
const BAD = 'no';

async function send(
  opened: OpenedPairs,
  count: number,
  answers: (at: number) => [string | null, string | null],
  session: (at: number) => string | null = () => null,
): Promise<void> {
  for (let at = 0; at < count && opened.ends.length === 0; at += 1) {
    opened.comparison.begin(`x-${at}`);
    opened.comparison.offer(pair(`x-${at}`, `question ${at}`, answers(at), { stickyKey: session(at) }));
    if (at % 20 === 19) await opened.settled();
  }
  await opened.settled();
}

describe('a comparison of live pairs', () => {
  const open: OpenedPairs[] = [];
  const opened = async (...options: Parameters<typeof openLivePairs>) => {
    const made = await openLivePairs(...options);
    open.push(made);
    return made;
  };
  afterEach(async () => {
    for (const { comparison, store, bugs } of open.splice(0)) {
      await comparison.close();
      store.close();
      assert.deepEqual(bugs, []);
    }
  });

  it('ends itself when the verdict is clear, and stores it with the run', async () => {
    const live = await opened();
    await send(live, 100, (at) => [at % 4 === 0 ? GOOD : BAD, GOOD]);

    const { runId, verdict, pairs } = live.comparison.status;
    assert.equal(verdict, 'better');
    assert.equal(live.ends.length, 1);
    assert.match(live.ends[0] ?? '', /^better: the verdict was clear after \d+ pairs$/);
    assert.ok(pairs >= 20 && pairs < 100, `${pairs} pairs`);

    const run = live.store.getRun(runId ?? '');
    assert.equal(run.status.state, 'complete');
    assert.deepEqual(run.plan.comparison, { baseline: 'support: local/old', candidate: 'local/new' });
    const found = liveComparison(live.store, run.id);
    assert.equal(found?.verdict.word, 'better');
    assert.equal(found?.cases.filter(({ change }) => change === 'improved').length, found?.counts.improved);
    assert.ok((found?.counts.improved ?? 0) > 10);
    assert.equal(live.comparison.offer(pair('late', 'late', [BAD, GOOD])), false);
  });

  it('says worse of a candidate that is', async () => {
    const live = await opened();
    await send(live, 100, () => [GOOD, BAD]);
    assert.equal(live.comparison.status.verdict, 'worse');
  });

  it('never decides a target against itself', async () => {
    const same = { kind: 'provider', provider: 'local', model: 'old' } as const;
    const live = await opened({ shadow: { to: same, maxPairs: 60 } });
    await send(live, 60, () => [BAD, GOOD]);
    assert.equal(live.comparison.status.verdict, 'undecided');
    assert.match(live.ends[0] ?? '', /60 pairs were compared/);
  });

  it('knows a target that asks for the model of the request', async () => {
    const arms = [{ name: 'old', weight: 1, target: { kind: 'provider', provider: 'local' } as const }];
    const to = { kind: 'provider', provider: 'local', model: 'asked' } as const;
    const live = await opened({ route: { arms }, shadow: { to, maxPairs: 60 } });
    await send(live, 60, () => [BAD, GOOD]);
    assert.equal(live.comparison.status.verdict, 'undecided');
    const found = liveComparison(live.store, live.comparison.status.runId ?? '');
    assert.equal(found?.verdict.word, 'undecided');
  });

  it('lets missing answers help nobody', async () => {
    const live = await opened({ shadow: { maxPairs: 80 } });
    await send(live, 80, (at) => (at % 2 === 0 ? [BAD, GOOD] : [GOOD, null]));
    assert.equal(live.comparison.status.verdict, 'undecided');
    const found = liveComparison(live.store, live.comparison.status.runId ?? '');
    assert.equal(found?.counts.unmeasured, 40);
  });

  it('takes the turns of a session for one', async () => {
    const live = await opened({ shadow: { maxPairs: 90 } });
    await send(
      live,
      90,
      () => [BAD, GOOD],
      (at) => `session ${at % 3}`,
    );
    assert.equal(live.comparison.status.verdict, 'undecided');
    const found = liveComparison(live.store, live.comparison.status.runId ?? '');
    assert.equal(found?.counts.clusters, 3);
    assert.match(found?.notes.join('\n') ?? '', /do not count: the session had counted already/);
  });

  it('counts pairs in the order of their requests', async () => {
    const live = await opened();
    for (let at = 0; at < 60; at += 1) live.comparison.begin(`x-${at}`);
    for (let at = 59; at > 0; at -= 1) {
      live.comparison.offer(pair(`x-${at}`, `question ${at}`, [BAD, GOOD]));
      if (at % 20 === 0) await live.settled();
    }
    await live.settled();
    assert.equal(live.comparison.status.pairs, 59);
    assert.equal(live.comparison.status.verdict, 'undecided');

    live.comparison.giveUp('x-0');
    assert.equal(live.comparison.status.verdict, 'better');
    assert.equal(live.ends.length, 1);
  });

  it('names the evaluators that need an expected answer', async () => {
    const live = await opened();
    assert.deepEqual(
      live.comparison.status.leftOut.map(({ name }) => name),
      ['equals'],
    );
  });

  it('refuses what it has no room for', async () => {
    const live = await opened();
    const taken = Array.from({ length: 101 }, (_, at) =>
      live.comparison.offer(pair(`x-${at}`, `question ${at}`, [BAD, GOOD])),
    );
    assert.deepEqual(taken, [...Array.from({ length: 100 }, () => true), false]);
    await live.settled();
  });

  it('goes on with the same run after a restart, and takes no pair twice', async () => {
    const first = await opened();
    await send(first, 10, () => [BAD, GOOD]);
    const { runId } = first.comparison.status;
    first.comparison.offer(pair('waits', 'waits', [BAD, GOOD]));
    await first.comparison.close();

    const second = await opened({ root: first.root });
    assert.equal(second.comparison.status.runId, runId);
    assert.equal(second.comparison.offer(pair('x-3', 'question 3', [BAD, GOOD])), true);
    await second.settled();
    assert.equal(second.comparison.status.pairs, 11);

    await send(second, 60, (at) => [at < 10 ? BAD : BAD, GOOD]);
    assert.equal(second.comparison.status.verdict, 'better');
    assert.equal(second.store.comparisons().length, 1);
  });

  it('begins anew for another suite or shadow', async () => {
    const first = await opened();
    await send(first, 3, () => [BAD, GOOD]);
    await first.comparison.close();
    const to = { kind: 'provider', provider: 'local', model: 'newer' } as const;
    const second = await opened({ root: first.root, shadow: { to } });
    assert.equal(second.comparison.status.runId, null);
  });

  it('voids what the observed split spoils', async () => {
    const live = await opened();
    await send(live, 15, () => [BAD, GOOD]);
    live.comparison.void('the observed split does not fit the weights (p = 0.0001)');
    const found = liveComparison(live.store, live.comparison.status.runId ?? '');
    assert.equal(live.comparison.status.verdict, 'undecided');
    assert.equal(found?.verdict.reason, 'Void: the observed split does not fit the weights (p = 0.0001).');
    assert.equal(live.ends.length, 1);
  });

  it('ends when the money is spent', async () => {
    const live = await opened({ shadow: { maxCostUsd: 0.005 } });
    await send(live, 30, () => [GOOD, GOOD]);
    assert.match(live.ends[0] ?? '', /were spent after \d+ pairs/);
  });

  it('does not charge what clients paid for', async () => {
    const live = await opened();
    await send(live, 5, () => [GOOD, GOOD]);
    assert.equal(Number(live.store.ledger.spentOn(1_800_000_000_000)?.toFixed(6)), 0.005);
  });

  it('judges what it has taken before it ends with its shadow', async () => {
    const live = await opened({ shadow: { maxPairs: 5 } });
    for (let at = 0; at < 4; at += 1) live.comparison.offer(pair(`x-${at}`, `question ${at}`, [BAD, GOOD]));
    live.comparison.end('stopped by a person');
    assert.equal(live.comparison.offer(pair('late', 'late', [BAD, GOOD])), false);
    await live.settled();

    const { runId, pairs } = live.comparison.status;
    assert.equal(pairs, 4);
    assert.ok(live.comparison.isOver);
    assert.deepEqual(live.store.counts(runId ?? ''), { passed: 4, failed: 4, errored: 0 });
    assert.equal(live.store.getRun(runId ?? '').status.state, 'complete');
    assert.deepEqual(live.ends, []);
  });

  it('leaves what it has not judged at its end to the next process', async () => {
    const first = await opened();
    await send(first, 3, () => [BAD, GOOD]);
    first.comparison.offer(pair('waits', 'waits', [BAD, GOOD]));
    first.comparison.end('stopped by a person');
    await first.comparison.close();

    const second = await opened({ root: first.root });
    second.comparison.end('stopped by a person');
    await second.settled();
    const run = second.store.getRun(second.comparison.status.runId ?? '');
    assert.deepEqual([run.id, run.status.state], [first.comparison.status.runId, 'complete']);
    assert.equal(second.comparison.status.pairs, 4);
  });

  it('stores what waits as soon as the store lets it, though no more pairs come', async () => {
    const live = await opened();
    const { createRun } = live.store;
    live.store.createRun = () => {
      throw new StoreError('the disk is full');
    };
    for (const id of ['a', 'b']) live.comparison.offer(pair(id, id, [BAD, GOOD]));
    while (live.comparison.status.problem === null) await systemClock.sleep(10);
    assert.match(live.comparison.status.problem, /full/);

    live.store.createRun = createRun;
    await live.settled();
    assert.equal(live.comparison.status.pairs, 2);
    assert.equal(live.comparison.status.problem, null);
    await live.comparison.close();
  });

  it('stores its verdict as soon as the store lets it', async () => {
    const live = await opened();
    await send(live, 3, () => [BAD, GOOD]);
    const id = live.comparison.status.runId ?? '';
    const { release } = live.store;
    live.store.release = () => {
      throw new StoreError('the store is locked');
    };
    live.comparison.end('stopped by a person');
    assert.match(live.comparison.status.problem ?? '', /locked/);
    assert.ok(!live.comparison.isOver);

    live.store.release = release;
    await live.comparison.close();
    assert.equal(live.store.getRun(id).status.state, 'complete');
    assert.ok(live.store.verdicts.of(id));
    assert.equal(live.comparison.status.problem, null);
  });

  for (const keep of ['redacted', 'none'] as const)
    it(`keeps no personal data where the route keeps ${keep}`, async () => {
      const live = await opened({ route: { keep } });
      const toolCalls = [{ name: 'mail_carl@example.org', arguments: { to: 'carl@example.org' } }];
      const asked = pair('x', 'I am ann@example.org', ['ask bob@example.org please', 'ask bob@example.org']);
      const { summary } = asked.primary;
      const primary = { ...asked.primary, summary: summary && { ...summary, toolCalls } };
      live.comparison.offer({ ...asked, primary });
      await live.settled();
      const id = live.comparison.status.runId ?? '';
      const stored = JSON.stringify([[...live.store.results(id)], live.store.caseAt(id, 0)]);
      assert.doesNotMatch(stored, /example\.org/);
      assert.deepEqual(live.store.counts(id), { passed: 1, failed: 1, errored: 0 });
    });
});
