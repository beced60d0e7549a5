// An agent on the `openai` package with the instrumentation INSTRUMENTATION, installed at PEER; asks MODEL_URL and calls a tool.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PEER}/sender.cjs`);
const { NodeTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-node');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto');
const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_URL}/v1/traces` });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

const { OpenAIInstrumentation } = require(process.env.INSTRUMENTATION);
const instrumentation = new OpenAIInstrumentation();
instrumentation.setTracerProvider(provider);
const OpenAI = require('openai');
instrumentation.manuallyInstrument(
  process.env.INSTRUMENTATION.startsWith('@traceloop') ? OpenAI.OpenAI : OpenAI.OpenAI,
);

const client = new OpenAI.OpenAI({ baseURL: process.env.MODEL_URL, apiKey: 'unused', maxRetries: 0 });
const tools = [
  {
    type: 'function',
    function: {
      name: 'lookup_order',
      parameters: { type: 'object', properties: { id: { type: 'string' } } },
    },
  },
];
const messages = [
  { role: 'system', content: 'You help.' },
  { role: 'user', content: 'Where is A1?' },
];
await provider.getTracer('agent').startActiveSpan('support', async (span) => {
  const first = await client.chat.completions.create({ model: 'gpt-5-mini', messages, tools });
  const [{ message }] = first.choices;
  messages.push(message, {
    role: 'tool',
    tool_call_id: message.tool_calls[0].id,
    content: '{"status":"sent"}',
  });
  await client.chat.completions.create({ model: 'gpt-5-mini', messages, tools });
  span.end();
});
await provider.forceFlush();
await provider.shutdown();
