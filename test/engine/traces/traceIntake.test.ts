import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { StoreError } from '../../../src/engine/errors.ts';
import type { LogRecord, SpanRecord } from '../../../src/engine/model/span.ts';
import { decodeTraces } from '../../../src/engine/telemetry/receiver/decodeExport.ts';
import { TraceIntake } from '../../../src/engine/traces/traceIntake.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { keepUp } from '../../../src/engine/traces/traceUpkeep.ts';
import { ManualClock, settled } from '../../support/manualClock.ts';
import { agentRequest } from '../../support/otlp/agentSpans.ts';
import { encodeRequest } from '../../support/otlp/encodeRequest.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const NOW = 1_800_000_000_000;

function spans(first: number, count: number, startMs = NOW): SpanRecord[] {
  return decodeTraces(encodeRequest(agentRequest(first, count, startMs), 'protobuf'), 'protobuf').records;
}

/** Counts its transactions, and refuses some spans. */
class ScriptedStore extends TraceStore {
  transactions = 0;

  override appendEach(batches: readonly { spans: readonly SpanRecord[]; logs: readonly LogRecord[] }[]) {
    this.transactions += 1;
    if (batches.some(({ spans: given }) => given.some(({ name }) => name === 'refused')))
      throw new StoreError('the disk is full', { remedy: 'Free some.' });
    return super.appendEach(batches);
  }
}

describe('the intake of traces', () => {
  let store: ScriptedStore;
  let clock: ManualClock;
  beforeEach(() => {
    clock = new ManualClock({ wall: NOW });
    store = new ScriptedStore(path.join(temporaryFolder(), 'traces.db'), {
      clock,
      retention: { maxAgeMs: 3_600_000, maxBytes: 1e9 },
    });
  });
  afterEach(() => store.close());

  it('stores what comes together in one transaction, and each span once', async () => {
    const intake = new TraceIntake(store);
    const batches = [spans(0, 8), spans(8, 8), spans(0, 8)];
    const stored = await Promise.all(batches.map((batch) => intake.keep({ spans: batch, logs: [] })));

    assert.equal(store.transactions, 1);
    assert.deepEqual(
      stored.map(({ spans: added, duplicates }) => [added, duplicates]),
      [
        [8, 0],
        [8, 0],
        [0, 8],
      ],
    );
  });

  it('asks only those to try again whose spans could not be stored', async () => {
    const intake = new TraceIntake(store);
    const bad = spans(100, 1).map((span) => ({ ...span, name: 'refused' }));
    const [good, refused] = await Promise.allSettled(
      [spans(0, 8), bad].map((batch) => intake.keep({ spans: batch, logs: [] })),
    );

    assert.equal(good?.status, 'fulfilled');
    assert.ok(refused?.status === 'rejected' && refused.reason instanceof StoreError);
    assert.equal(intake.stored, 8);
  });

  it('is followed by the list of traces, and by forgetting what is too old', async () => {
    const intake = new TraceIntake(store);
    const stop = new AbortController();
    const kept = keepUp(store, { intake, clock, signal: stop.signal });
    await intake.keep({ spans: spans(8, 8), logs: [] });
    await clock.advance(500);
    clock.pass(3_600_000);
    await intake.keep({ spans: spans(0, 8, NOW - 7_200_000), logs: [] });
    await clock.advance(500);
    assert.deepEqual(
      store.traces({ limit: 10 }).traces.map(({ startMs }) => startMs),
      [NOW - 7_200_000],
    );
    await intake.keep({ spans: spans(16, 8), logs: [] });
    await clock.advance(500);
    assert.equal(store.traces({ limit: 10 }).traces.length, 2);
    stop.abort();
    await kept;
  });

  it('does not forget what only looks old because the clock is ahead, also where it begins anew', async () => {
    const intake = new TraceIntake(store);
    await intake.keep({ spans: spans(0, 8), logs: [] });
    clock.setWall(clock.now() + 15 * 24 * 3_600_000);
    for (let starts = 0; starts < 2; starts += 1) {
      const stop = new AbortController();
      const kept = keepUp(store, { intake, clock, signal: stop.signal });
      await clock.advance(110_000);
      assert.equal(store.traces({ limit: 10 }).traces.length, 1);
      stop.abort();
      await kept;
    }
  });

  it('lets a long trace rest before it is summed up again, and others not', async () => {
    const intake = new TraceIntake(store);
    const stop = new AbortController();
    const kept = keepUp(store, { intake, clock, signal: stop.signal });
    const inOne = spans(0, 640).map((span) => ({ ...span, traceId: 'a'.repeat(32) }));
    const listed = () => store.summaries(['a'.repeat(32)])[0]?.spans;
    await intake.keep({ spans: inOne.slice(0, 600), logs: [] });
    await clock.advance(300);
    assert.equal(listed(), 600);

    await intake.keep({ spans: [...inOne.slice(600), ...spans(1000, 8)], logs: [] });
    await clock.advance(300);
    assert.deepEqual([listed(), store.traces({ limit: 9 }).traces.length], [600, 2]);
    await clock.advance(1200);
    assert.equal(listed(), 640);
    stop.abort();
    await kept;
    await settled();
    assert.equal(clock.timers, 0);
  });

  it('ends its upkeep where the store is closed while traces wait', async () => {
    const stop = new AbortController();
    const sumUpSome = store.sumUpSome.bind(store);
    store.sumUpSome = (...given) => {
      queueMicrotask(() => {
        stop.abort('closed');
        store.close();
      });
      return sumUpSome(...given);
    };
    store.append(spans(0, 8 * 30), []);
    await keepUp(store, { intake: new TraceIntake(store), clock, signal: stop.signal });
    assert.equal(clock.timers, 0);
  });

  it('gives the space of what was forgotten back to the disk', () => {
    const file = path.join(temporaryFolder(), 'traces.db');
    const options = { clock, retention: { maxAgeMs: 3_600_000, maxBytes: 1e9 } };
    const filled = new TraceStore(file, options);
    filled.append(spans(0, 600), []);
    clock.pass(7_200_000);
    while (filled.sumUp().length > 0);
    filled.close();
    const before = statSync(file).size;

    const tidied = new TraceStore(file, options);
    while (tidied.forgetSome(clock.now()) > 0);
    while (tidied.shrinkSome());
    tidied.close();
    assert.ok(statSync(file).size < before / 4, `${statSync(file).size} of ${before}`);
  });
});
