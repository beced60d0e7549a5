import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SpanRecord } from '../../../../src/engine/model/span.ts';
import { walk } from '../../../../src/engine/telemetry/dialects/traceNode.ts';
import { traceTree } from '../../../../src/engine/telemetry/dialects/traceTree.ts';

function span(spanId: string, parentSpanId: string | null, over: Partial<SpanRecord> = {}): SpanRecord {
  return {
    traceId: 't',
    spanId,
    parentSpanId,
    name: spanId,
    kind: 'internal',
    startMs: 0,
    endMs: 1,
    status: 'unset',
    attributes: {},
    events: [],
    links: [],
    service: 's',
    ...over,
  };
}

function chat(spanId: string, parent: string | null, input: number, output: number, more = {}): SpanRecord {
  return span(spanId, parent, {
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'm',
      'gen_ai.usage.input_tokens': input,
      'gen_ai.usage.output_tokens': output,
      ...more,
    },
  });
}

/** The tree in a line: `a(b c(d))`; a missing span has a question mark. */
function shape(records: SpanRecord[]): string {
  const { roots } = traceTree(records);
  const show = (nodes: typeof roots): string =>
    nodes
      .map(
        ({ span: own, spanId, children }) =>
          `${own ? spanId : `${spanId}?`}${children.length > 0 ? `(${show(children)})` : ''}`,
      )
      .join(' ');
  return show(roots);
}

describe('trace tree', () => {
  it('puts children below their parents in the order of their start, however they came', () => {
    const records = [
      span('d', 'c', { startMs: 4 }),
      span('b', 'a', { startMs: 1 }),
      span('a', null),
      span('c', 'a', { startMs: 3 }),
    ];
    assert.equal(shape(records), 'a(b c(d))');
  });

  it('keeps spans whose parent has not come together, where their parent will be', () => {
    const lost = [span('b', 'x', { startMs: 5 }), span('c', 'x', { startMs: 2 })];
    assert.equal(shape([span('a', null, { startMs: 3 }), ...lost]), 'x?(c b) a');
    assert.equal(shape([span('a', null), ...lost, span('x', 'a')]), 'a(x(c b))');
    assert.equal(shape([span('b', 'x')]), 'b');
  });

  it('opens a circle of parents where it began, and loses nothing', () => {
    const circle = [
      span('a', 'c', { startMs: 3 }),
      span('b', 'a', { startMs: 1 }),
      span('c', 'b', { startMs: 2 }),
    ];
    assert.equal(shape([...circle, span('d', 'c')]), 'b(c(d a))');
    assert.equal(shape([span('a', 'a')]), 'a');
  });

  it('shows a copy of a span once', () => {
    assert.equal(shape([span('a', null), span('b', 'a'), span('b', 'a')]), 'a(b)');
  });

  it('has every span once, whatever the parents are', () => {
    const parents = fc.array(fc.option(fc.nat(12), { nil: null }), { maxLength: 12 });
    fc.assert(
      fc.property(parents, (list) => {
        const records = list.map((parent, index) =>
          span(`s${index}`, parent === null ? null : `s${parent}`, { startMs: (index * 7) % 5 }),
        );
        const shown = [...walk(traceTree(records).roots)].flatMap(({ node }) =>
          node.span ? [node.spanId] : [],
        );
        assert.deepEqual(shown.sort(), records.map(({ spanId }) => spanId).sort());
      }),
    );
  });

  it('reads a chain of 20,000 spans', () => {
    const records = Array.from({ length: 20_000 }, (_, index) =>
      span(`s${index}`, index === 0 ? null : `s${index - 1}`),
    );
    assert.equal([...walk(traceTree(records).roots)].at(-1)?.depth, 19_999);
  });
});

describe('tokens of a trace', () => {
  it('are those of the calls, and not once more those of the spans around them', () => {
    const total = chat('root', null, 30, 6);
    const calls = [chat('a', 'root', 10, 2), chat('b', 'root', 20, 4)];

    const { tokens, counted } = traceTree([total, ...calls]);

    assert.deepEqual([tokens.input, tokens.output], [30, 6]);
    assert.deepEqual([...counted], ['a', 'b']);
  });

  it('are those of the span above where the calls below have none', () => {
    const { tokens } = traceTree([chat('root', null, 30, 6), span('a', 'root'), span('b', 'a')]);
    assert.deepEqual([tokens.input, tokens.output], [30, 6]);
  });

  it('count a call with its own tokens beside others that have none', () => {
    const { tokens } = traceTree([span('root', null), chat('a', 'root', 10, 2), span('b', 'root')]);
    assert.deepEqual([tokens.input, tokens.output], [10, 2]);
  });

  it('have what was cached as a part of the input, also where it was counted apart', () => {
    const within = traceTree([chat('a', null, 100, 1, { 'gen_ai.usage.cache_read.input_tokens': 80 })]);
    const apart = traceTree([chat('a', null, 5, 1, { 'gen_ai.usage.cache_read.input_tokens': 80 })]);

    assert.deepEqual([within.tokens.input, within.tokens.cached], [100, 80]);
    assert.deepEqual([apart.tokens.input, apart.tokens.cached], [85, 80]);
  });

  it('are unknown, and not 0, where nobody says', () => {
    const { tokens, costUsd } = traceTree([span('a', null)]);
    assert.deepEqual([tokens.input, tokens.output, costUsd], [null, null, null]);
  });

  it('cost what the sender says, else what the price table does; unknown where one call has no price', () => {
    const records = [
      chat('a', null, 10, 2, { 'gen_ai.request.model': 'known' }),
      chat('b', null, 10, 2, { 'llm.cost.total': 0.5 }),
    ];
    const price = ({ model }: { model: string | null }) => (model === 'known' ? 0.25 : null);

    assert.equal(traceTree(records, { price }).costUsd, 0.75);
    const unknown = traceTree([...records, chat('c', null, 1, 1)], { price });
    assert.equal(unknown.costUsd, null);
    assert.deepEqual([...unknown.unpriced], ['c']);
  });
});
