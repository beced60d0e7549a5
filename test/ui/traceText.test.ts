import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { traceText } from '../../src/ui/report/traceText.ts';

const span = (spanId: string, parentSpanId: string | null, startMs: number, more: object = {}) => ({
  traceId: 'f'.repeat(32),
  spanId,
  parentSpanId,
  name: spanId,
  kind: 'internal' as const,
  startMs,
  endMs: startMs + 5,
  status: 'ok' as const,
  attributes: {},
  events: [],
  links: [],
  service: 's',
  ...more,
});
const log = (spanId: string, message: string) => ({
  timeMs: 101,
  level: 'info' as const,
  message,
  traceId: 'f'.repeat(32),
  spanId,
  fields: {},
});

describe('traceText', () => {
  it('indents spans below their parents in the order of time, with attributes and log lines', () => {
    const spans = [
      span('late', 'root', 110),
      span('early', 'root', 102, { attributes: { model: 'm\n1' }, status: 'error', statusMessage: 'no' }),
      span('root', null, 100),
    ];
    assert.equal(
      traceText({ spans, logs: [log('early', 'said'), log('elsewhere', 'lost')] }, 'abc'),
      `Trace abc

● root  5.0 ms  (+0.0 ms, s, internal)
  ✗ early  5.0 ms  (+2.0 ms, s, internal)
      ! no
      model = m 1
      +1.0 ms info said
  ● late  5.0 ms  (+10 ms, s, internal)
+1.0 ms info lost
`,
    );
  });

  it('gives each attribute of an event a line', () => {
    const events = [{ name: 'evaluated', timeMs: 3, attributes: { score: 0.4, label: 'failed' } }];
    const text = traceText({ spans: [span('x', null, 1, { events })], logs: [] }, 't');
    assert.match(text, /\n {4}\+2\.0 ms event evaluated\n {8}score = 0\.4\n {8}label = failed\n/);
  });

  it('shows every span once where parents are missing or go in a circle', () => {
    const spans = [span('orphan', 'gone', 1), span('a', 'b', 2), span('b', 'a', 3), span('self', 'self', 4)];
    const text = traceText({ spans, logs: [] }, 'abc');
    for (const { name } of spans) assert.equal(text.split(`● ${name} `).length, 2, name);
  });

  it('cuts long values, and says when nothing is stored', () => {
    const text = traceText(
      { spans: [span('x', null, 1, { attributes: { a: 'b'.repeat(5000) } })], logs: [] },
      't',
    );
    assert.ok(text.length < 600);
    assert.match(traceText({ spans: [], logs: [] }, 't'), /Nothing is stored/);
  });

  it('bears a chain as deep as a trace from outside may be', () => {
    const spans = Array.from({ length: 3_000 }, (_, index) =>
      span(`s${index}`, index === 0 ? null : `s${index - 1}`, index),
    );
    assert.equal(traceText({ spans, logs: [] }, 't').split('●').length, 3_001);
  });
});
