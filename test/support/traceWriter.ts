import { setTimeout as sleep } from 'node:timers/promises';
import type { SpanRecord } from '../../src/engine/model/span.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';

// Stores spans as the process that receives them would: so many at once, or so many each second for some seconds.
const [file = '', kind = '', first = '0', second = '0'] = process.argv.slice(2);
const SPANS_OF_TRACE = 10;
/** Batches of a second. */
const BATCHES = 10;

const store = new TraceStore(file);
if (kind === 'many') many(Number(first));
else await steadily(Number(first), Number(second));
store.close();

function many(count: number): void {
  for (let at = 0; at < count; at += 10_000) store.append(spans(at, 10_000, Date.now() - count + at), []);
  while (store.sumUp().length > 0);
}

async function steadily(perSecond: number, seconds: number): Promise<void> {
  const size = Math.round(perSecond / BATCHES);
  const begun = Date.now();
  for (let batch = 0; batch < seconds * BATCHES; batch += 1) {
    store.append(spans(1e9 + batch * size, size, Date.now()), []);
    store.sumUp();
    await sleep(Math.max(0, begun + ((batch + 1) * 1000) / BATCHES - Date.now()));
  }
  while (store.sumUp().length > 0);
}

function spans(from: number, count: number, startMs: number): SpanRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    const trace = Math.floor(number / SPANS_OF_TRACE);
    const place = number % SPANS_OF_TRACE;
    return {
      traceId: trace.toString(16).padStart(32, '0'),
      spanId: number.toString(16).padStart(16, '0'),
      parentSpanId: place === 0 ? null : (number - 1).toString(16).padStart(16, '0'),
      name: place === 0 ? 'invoke_agent support' : `chat ${place}`,
      kind: 'internal',
      startMs: startMs + index / 100,
      endMs: startMs + index / 100 + 20,
      status: number % 97 === 0 ? 'error' : 'unset',
      attributes: {
        'gen_ai.operation.name': place === 0 ? 'invoke_agent' : 'chat',
        ...(place === 0 ? {} : { 'gen_ai.request.model': 'gpt-5-mini' }),
        'gen_ai.usage.input_tokens': number % 1000,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.conversation.id': `session ${trace % 1000}`,
        'gen_ai.input.messages': `[{"role":"user","parts":[{"type":"text","content":"${'Where is my order? '.repeat(10)}"}]}]`,
      },
      events: [],
      links: [],
      service: 'support',
    };
  });
}
