import type { SpanRecord } from '../../src/engine/model/span.ts';
import { spanRecord } from './spanRecord.ts';

/** A root with stretches of 50 spans in a chain of their own, five deep. */
export function largeTrace(count: number): SpanRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const depth = index % 50 === 0 ? 0 : ((index % 50) % 5) + 1;
    const parentSpanId = index === 0 ? null : depth <= 1 ? 's0' : `s${index - 1}`;
    return spanRecord({
      ...{ traceId: 'a', spanId: `s${index}`, parentSpanId },
      ...{ name: `step ${index}`, startMs: 1000 + index, endMs: 1000 + index + (index === 0 ? count : 40) },
      attributes: {
        'gen_ai.operation.name': index % 3 === 0 ? 'execute_tool' : 'chat',
        ...(index % 3 === 0
          ? { 'gen_ai.tool.name': `tool ${index}` }
          : {
              'gen_ai.request.model': 'm',
              'gen_ai.usage.input_tokens': index,
              'gen_ai.usage.output_tokens': 2,
            }),
      },
    });
  });
}
