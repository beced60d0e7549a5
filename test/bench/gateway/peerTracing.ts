// What a team would put together itself to have the traces that the gateway keeps: spans of the server and of its call, with the
// conventions' attributes and messages, by OpenTelemetry's SDK, in batches to an OTLP receiver.
import type { IncomingHttpHeaders } from 'node:http';

interface Reply {
  id?: string;
  model?: string;
  choices?: { message?: { content?: string }; delta?: { content?: string }; finish_reason?: string | null }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
}

interface ChatRequest {
  model: string;
  messages: { role: string; content: string }[];
}

/** One request, from its body to the end of its reply. */
export interface TracedCall {
  /** For the upstream. */
  traceparent: string;
  end(status: number, type: string | undefined, body: Buffer): void;
}

export interface PeerTracing {
  begin(headers: IncomingHttpHeaders, path: string, asked: ChatRequest): TracedCall;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** As large as its users could wish: nothing is dropped, and few requests take all. */
const BATCHES = {
  maxQueueSize: 200_000,
  maxExportBatchSize: 2_000,
  scheduledDelayMillis: 500,
  exportTimeoutMillis: 30_000,
};

/** `load` finds packages of the peers; `endpoint` is a receiver, `upstream` the provider's address. */
export function openPeerTracing(load: NodeJS.Require, endpoint: string, upstream: string): PeerTracing {
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, propagation, trace } = load('@opentelemetry/api');
  const { BatchSpanProcessor, TracerProvider } = load('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-proto');
  const { W3CTraceContextPropagator } = load('@opentelemetry/core');
  const { resourceFromAttributes } = load('@opentelemetry/resources');

  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'gateway' }),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...BATCHES })],
  });
  const tracer = provider.getTracer('peer');
  const { hostname, port } = new URL(upstream);

  return {
    begin(headers, path, asked) {
      const caller = propagation.extract(ROOT_CONTEXT, headers);
      const server = tracer.startSpan(
        `POST ${path}`,
        { kind: SpanKind.SERVER, attributes: { 'http.request.method': 'POST', 'url.path': path } },
        caller,
      );
      const within = trace.setSpan(caller, server);
      const attributes = {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'bench',
        'gen_ai.request.model': asked.model,
        'server.address': hostname,
        'server.port': Number(port),
        'gen_ai.input.messages': JSON.stringify(
          asked.messages.map(({ role, content }) => ({ role, parts: [{ type: 'text', content }] })),
        ),
      };
      const call = tracer.startSpan(`chat ${asked.model}`, { kind: SpanKind.CLIENT, attributes }, within);
      const carrier: { traceparent?: string } = {};
      propagation.inject(trace.setSpan(within, call), carrier);

      return {
        traceparent: carrier.traceparent ?? '',
        end(status, type, body) {
          call.setAttributes(answerAttributes(repliesIn(type, body)));
          server.setAttribute('http.response.status_code', status);
          if (status >= 400)
            for (const span of [call, server]) span.setStatus({ code: SpanStatusCode.ERROR });
          call.end();
          server.end();
        },
      };
    },
    close: () => provider.shutdown(),
  };
}

/** One, or the events of a stream. */
function repliesIn(type: string | undefined, body: Buffer): Reply[] {
  const text = body.toString();
  if (!type?.includes('text/event-stream')) return [JSON.parse(text) as Reply];
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as Reply);
}

function answerAttributes(replies: readonly Reply[]) {
  const choices = replies.flatMap((reply) => reply.choices ?? []);
  const content = choices.map(({ message, delta }) => (message ?? delta)?.content ?? '').join('');
  const finish = choices.find(({ finish_reason }) => finish_reason)?.finish_reason ?? 'unknown';
  const usage = replies.findLast((reply) => reply.usage)?.usage;
  return {
    'gen_ai.output.messages': JSON.stringify([
      { role: 'assistant', parts: [{ type: 'text', content }], finish_reason: finish },
    ]),
    'gen_ai.response.model': replies[0]?.model,
    'gen_ai.response.id': replies[0]?.id,
    'gen_ai.response.finish_reasons': [finish],
    'gen_ai.usage.input_tokens': usage?.prompt_tokens,
    'gen_ai.usage.output_tokens': usage?.completion_tokens,
  };
}
