// Spans by OpenTelemetry's own SDK and exporters, in whichever major is installed at PEER; sent to OTLP_URL as ENCODING.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PEER}/sender.cjs`);
const { OTLP_URL: url, ENCODING: encoding, GZIP: gzip } = process.env;
const major = process.env.MAJOR;
const { OTLPTraceExporter } = require(
  `@opentelemetry/exporter-trace-otlp-${encoding === 'json' ? 'http' : 'proto'}`,
);
const exporter = new OTLPTraceExporter({
  url: `${url}/v1/traces`,
  ...(gzip ? { compression: 'gzip' } : {}),
  headers: { 'x-sender': 'sdk' },
});

const provider = makeProvider();
const tracer = provider.getTracer('agent', '1.0.0');
const { context, trace, SpanKind, SpanStatusCode } = require('@opentelemetry/api');
const root = tracer.startSpan('invoke_agent support', {
  attributes: {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'support',
    'gen_ai.conversation.id': 's-1',
  },
});
const child = tracer.startSpan(
  'chat gpt-5-mini',
  {
    kind: SpanKind.CLIENT,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.output_tokens': 40,
      'gen_ai.request.stop_sequences': ['a', 'b'],
      'gen_ai.request.temperature': 0.25,
      'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"Where is A1? ä🙂"}]}]',
    },
  },
  trace.setSpan(context.active(), root),
);
child.addEvent('first_token', { n: 1 });
child.recordException(new Error('slow'));
child.end();
root.setStatus({ code: SpanStatusCode.ERROR, message: 'no order' });
root.end();
await provider.forceFlush();
await provider.shutdown();

function makeProvider() {
  const { resourceFromAttributes, Resource } = require('@opentelemetry/resources');
  const attributes = { 'service.name': 'support', 'service.version': '2.1' };
  const resource = resourceFromAttributes ? resourceFromAttributes(attributes) : new Resource(attributes);
  if (major === '3') {
    const { TracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace');
    return new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter })] });
  }
  const { NodeTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-node');
  return new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
}
