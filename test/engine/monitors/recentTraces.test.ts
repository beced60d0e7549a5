import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { RecentTraces } from '../../../src/engine/monitors/recentTraces.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { spanRecord } from '../../support/spanRecord.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const HOUR = 3_600_000;

describe('the traces that were looked at last', () => {
  let clock: ManualClock;
  let store: CountingStore;
  let recent: RecentTraces;
  beforeEach(() => {
    clock = new ManualClock();
    store = new CountingStore(path.join(temporaryFolder(), 'traces.db'), {
      clock,
      retention: { maxAgeMs: HOUR, maxBytes: 1e9 },
    });
    recent = new RecentTraces(store);
  });
  afterEach(() => store.close());

  const idsOf = (spans: readonly { spanId: string }[] = []) => spans.map(({ spanId }) => spanId).sort();

  it('are what is stored, whatever comes, is forgotten and comes again', () => {
    const action = fc.record({
      kind: fc.constantFrom('span', 'span', 'line', 'forget'),
      trace: fc.constantFrom('a', 'b'),
      looked: fc.boolean(),
    });
    let nth = 0;
    fc.assert(
      fc.property(fc.array(action, { maxLength: 20 }), (actions) => {
        for (const { kind, trace: traceId, looked } of actions) {
          nth += 1;
          if (kind === 'span') store.append([spanRecord({ traceId, spanId: `${nth % 30}` })], []);
          else if (kind === 'line') store.append([], [lineOf(traceId, `${nth}`)]);
          else forgetAll();
          if (!looked) continue;
          const { spans, logs } = recent.records(traceId) ?? assert.fail('it is not too long');
          assert.deepEqual(idsOf(spans), idsOf(store.records(traceId).spans));
          assert.deepEqual(new Set(logs), new Set(store.records(traceId).logs));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are read once for all of their spans', () => {
    for (let nth = 0; nth < 50; nth++) {
      store.append([spanRecord({ traceId: 'a', spanId: `${nth}` })], []);
      assert.equal(recent.records('a')?.spans.length, nth + 1);
    }
    assert.equal(store.read, 50);
  });

  it('are not read where they are too long', () => {
    store.append(
      Array.from({ length: 5_001 }, (_, nth) => spanRecord({ traceId: 'a', spanId: `${nth}` })),
      [],
    );
    assert.deepEqual([recent.records('a'), store.read], [undefined, 0]);
  });

  function forgetAll(): void {
    while (store.sumUpSome(100).done > 0);
    clock.pass(2 * HOUR);
    while (store.forgetSome(clock.now()) > 0);
  }

  function lineOf(traceId: string, message: string) {
    return { timeMs: 1, level: 'info' as const, message, traceId, spanId: '1', fields: {} };
  }
});

/** Counts the spans that were read. */
class CountingStore extends TraceStore {
  read = 0;

  override recordsSince(traceId: string, since: { lastSpan: number; lastLine: number }) {
    const came = super.recordsSince(traceId, since);
    this.read += came.spans.length;
    return came;
  }
}
