// An agent on the AI SDK 7 with its own OpenTelemetry integration, installed at PEER; asks MODEL_URL and calls a tool.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PEER}/sender.cjs`);
const { NodeTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-node');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_URL}/v1/traces` });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

const { generateText, registerTelemetry, isStepCount, stepCountIs, tool } = require('ai');
const { OpenTelemetry } = require('@ai-sdk/otel');
const { createOpenAICompatible } = require('@ai-sdk/openai-compatible');
const { z } = require('zod');
registerTelemetry(new OpenTelemetry());

const model = createOpenAICompatible({ name: 'openai', baseURL: process.env.MODEL_URL, apiKey: 'unused' });
const stop = isStepCount ?? stepCountIs;
await generateText({
  model: model('gpt-5-mini'),
  prompt: 'Where is A1?',
  stopWhen: stop(5),
  tools: {
    lookup_order: tool({
      description: 'Looks an order up',
      inputSchema: z.object({ id: z.string() }),
      execute: async () => ({ status: 'sent' }),
    }),
  },
});
await provider.forceFlush();
await provider.shutdown();
