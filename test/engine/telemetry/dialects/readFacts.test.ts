import assert from 'node:assert/strict';
import { readFacts } from '../../../../src/engine/telemetry/dialects/readFacts.ts';
import { readSpan } from '../../../../src/engine/telemetry/dialects/readSpan.ts';
import { traceTree } from '../../../../src/engine/telemetry/dialects/traceTree.ts';
import { summaryOf, wordsOf } from '../../../../src/engine/traces/traceSummary.ts';
import { spanRecord } from '../../../support/spanRecord.ts';
import { capturedSpans, captureNames } from './captures.ts';

describe('reading a span without its conversation', () => {
  for (const name of captureNames)
    it(`lists and searches the traces of ${name} as reading all of it does`, () => {
      const spans = capturedSpans(name);
      const [facts, whole] = [readFacts, readSpan].map((read) => traceTree(spans, { read }));
      assert.ok(facts && whole);
      assert.deepEqual(summaryOf(facts), summaryOf(whole));
      assert.equal(wordsOf(facts), wordsOf(whole));
    });

  it('leaves the record as it came', () => {
    const record = spanRecord({
      traceId: 'a'.repeat(32),
      spanId: '1',
      attributes: { 'gen_ai.input.messages': '[{"role":"user"}]' },
    });
    const { record: read, input } = readFacts(record);
    assert.equal(read, record);
    assert.equal(input, null);
  });
});
