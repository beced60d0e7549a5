import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hexOf, messagesOf, readProtobuf, textOf } from './protobufReader.ts';

/** What the collector does with one request; by default it takes everything. */
export interface CollectorReply {
  status?: number;
  headers?: { [name: string]: string };
  /** The whole body; by default an empty, successful answer in the encoding of the request. */
  body?: string | Uint8Array;
  /** Cuts the connection instead. */
  destroy?: boolean;
  /** Never answers. */
  hang?: boolean;
}

export interface CollectorRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
}

export interface ReceivedLog {
  traceId: string;
  spanId: string;
  eventName: string;
}

export interface CollectorServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: CollectorRequest[];
  /** Of the requests that were answered with success, by their paths. */
  spans(): ReceivedSpan[];
  logs(): ReceivedLog[];
}

/** An OTLP/HTTP collector on 127.0.0.1 that answers as scripted: by the request and its number, from 0. */
export async function startCollector(
  script: (request: CollectorRequest, index: number) => CollectorReply = () => ({}),
): Promise<CollectorServer> {
  const requests: CollectorRequest[] = [];
  const taken: CollectorRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const request = { path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks) };
    const reply = script(request, requests.push(request) - 1);
    if (reply.destroy) return void incoming.socket.destroy();
    if (reply.hang) return;
    const type = incoming.headers['content-type'] ?? '';
    if ((reply.status ?? 200) === 200) taken.push(request);
    outgoing.writeHead(reply.status ?? 200, { 'content-type': type, ...reply.headers });
    outgoing.end(reply.body ?? (type === 'application/json' ? '{}' : ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const bodies = (signal: string) =>
    taken.filter(({ path }) => path.split('?')[0]?.endsWith(`/v1/${signal}`));
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    spans: () => bodies('traces').flatMap(readSpans),
    logs: () => bodies('logs').flatMap(readLogs),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Field numbers from opentelemetry-proto: trace.proto and logs.proto. */
function readSpans({ headers, body }: CollectorRequest): ReceivedSpan[] {
  if (headers['content-type'] === 'application/json') {
    const request = JSON.parse(body.toString('utf8'));
    return listed(request.resourceSpans, 'scopeSpans', 'spans').map((span) => ({
      traceId: span['traceId'] ?? '',
      spanId: span['spanId'] ?? '',
      parentSpanId: span['parentSpanId'] ?? '',
      name: span['name'] ?? '',
    }));
  }
  return leaves(body).map((span) => ({
    traceId: hexOf(span, 1),
    spanId: hexOf(span, 2),
    parentSpanId: hexOf(span, 4),
    name: textOf(span, 5),
  }));
}

function readLogs({ headers, body }: CollectorRequest): ReceivedLog[] {
  if (headers['content-type'] === 'application/json') {
    const request = JSON.parse(body.toString('utf8'));
    return listed(request.resourceLogs, 'scopeLogs', 'logRecords').map((log) => ({
      traceId: log['traceId'] ?? '',
      spanId: log['spanId'] ?? '',
      eventName: log['eventName'] ?? '',
    }));
  }
  return leaves(body).map((log) => ({
    traceId: hexOf(log, 9),
    spanId: hexOf(log, 10),
    eventName: textOf(log, 12),
  }));
}

/** Resource, then scope, then records: the numbers are the same for spans and logs. */
function leaves(body: Uint8Array) {
  return messagesOf(readProtobuf(body), 1)
    .flatMap((resource) => messagesOf(resource, 2))
    .flatMap((scope) => messagesOf(scope, 2));
}

type Tree = { [key: string]: Tree[] };

function listed(resources: Tree[], scopes: string, records: string): { [key: string]: string }[] {
  return resources
    .flatMap((resource) => resource[scopes] ?? [])
    .flatMap((scope) => (scope[records] ?? []) as unknown as { [key: string]: string }[]);
}
