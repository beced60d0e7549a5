import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { completionBody, streamEvents } from './openaiServerReply.ts';

export interface ScriptedReply {
  text?: string;
  refusal?: string;
  toolCalls?: { id?: string; name: string; arguments: string }[];
  /** Default `stop`, or `tool_calls` when there are any. */
  finishReason?: string;
  /** Null: the server reports no usage. */
  usage?: { input: number; output: number; cached?: number; reasoning?: number } | null;
  model?: string;
  /** Holds the reply back, headers and all, until the promise resolves. */
  after?: Promise<void>;
  /** Streams only: how the stream ends before its finish reason. */
  cut?: 'socket' | 'end' | 'before-tokens' | 'error-event' | 'malformed' | 'stall';
  /** Streams only: finish reason but neither usage nor [DONE]. */
  withoutDone?: boolean;
  /** Streams only: waited for between two events. */
  between?: () => Promise<void>;
  /** Further headers of the answer, asked for when it begins. */
  headers?: () => { [name: string]: string };
  /** Called once the connection has nothing more to do with the answer. */
  done?: () => void;
}

export type Script =
  | ScriptedReply
  | {
      status: number;
      message?: string;
      code?: string | null;
      param?: string | null;
      headers?: { [name: string]: string };
    }
  | { hang: true }
  | { destroy: true }
  /** `answered`: the status, default 200. */
  | { raw: string; contentType: string; answered?: number };

export interface RecordedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The parsed body; null when it had none. */
  body: ChatRequestBody;
}

export interface ChatRequestBody {
  model: string;
  stream?: boolean;
  messages: { role: string; content: string; [key: string]: unknown }[];
  response_format?: { type: string; json_schema?: { name: string; schema: { [key: string]: unknown } } };
  [key: string]: unknown;
}

export interface OpenAiServer {
  /** Ends with /v1. */
  readonly baseUrl: string;
  readonly requests: RecordedRequest[];
  /** Resolves when the server has received `count` requests. */
  received(count: number): Promise<void>;
  /** Resolves when a client has closed its connection before the reply was whole. */
  readonly abandoned: Promise<void>;
  close(): Promise<void>;
}

/**
 * An OpenAI-compatible server on 127.0.0.1 that answers chat completions as scripted: a list, of which each
 * request takes the next, or a function of the request. A request beyond the list is answered 500. `embed`
 * may answer a request for embeddings in place of the server's own vectors.
 */
export async function startOpenAiServer(
  script: Script[] | ((request: RecordedRequest, index: number) => Script),
  embed: (request: RecordedRequest) => Script | undefined = () => undefined,
): Promise<OpenAiServer> {
  const requests: RecordedRequest[] = [];
  const watchers: { count: number; resolve: () => void }[] = [];
  const abandoned = Promise.withResolvers<void>();
  let chats = 0;

  const server = createServer(async (incoming, outgoing) => {
    const request = await record(incoming);
    requests.push(request);
    for (const watcher of watchers) if (requests.length >= watcher.count) watcher.resolve();
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) abandoned.resolve();
    });
    if (request.path === '/v1/models') return sendJson(outgoing, 200, MODELS);
    if (request.path === '/v1/embeddings') {
      const scripted = embed(request);
      if (scripted) return answer(scripted, request, outgoing);
      return sendJson(outgoing, 200, embeddings(request.body));
    }
    if (request.path !== '/v1/chat/completions') return sendError(outgoing, { status: 404 });
    const index = chats++;
    const next = typeof script === 'function' ? script(request, index) : script[index];
    await answer(next ?? { status: 500, message: 'the script has no more replies' }, request, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    received: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => watchers.push({ count, resolve })),
    abandoned: abandoned.promise,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(script: Script, request: RecordedRequest, outgoing: ServerResponse): Promise<void> {
  if ('hang' in script) return;
  if ('destroy' in script) return void outgoing.socket?.destroy();
  if ('raw' in script) {
    outgoing.writeHead(script.answered ?? 200, { 'content-type': script.contentType });
    return void outgoing.end(script.raw);
  }
  if ('status' in script) return sendError(outgoing, script);
  if (script.done) outgoing.once('close', script.done);
  await script.after;
  const headers = script.headers?.() ?? {};
  if (request.body.stream !== true)
    return sendJson(outgoing, 200, completionBody(script, request.body), headers);
  outgoing.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...headers,
  });
  await stream(script, request.body, outgoing);
}

async function stream(script: ScriptedReply, body: ChatRequestBody, outgoing: ServerResponse): Promise<void> {
  for (const event of streamEvents(script, body)) {
    await new Promise<void>((resolve) => outgoing.write(event, () => resolve()));
    await script.between?.();
  }
  if (script.cut === 'socket' || script.cut === 'before-tokens') return void outgoing.socket?.destroy();
  if (script.cut === 'stall') return;
  outgoing.end();
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: text === '' ? { model: '', messages: [] } : JSON.parse(text),
  };
}

function sendJson(
  outgoing: ServerResponse,
  status: number,
  body: unknown,
  headers: { [name: string]: string } = {},
): void {
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'x-request-id': 'req_scripted',
    ...headers,
  });
  outgoing.end(JSON.stringify(body));
}

const ERROR_TYPES: { [status: number]: string } = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

function sendError(outgoing: ServerResponse, script: Extract<Script, { status: number }>): void {
  const { status, message = `scripted ${status}`, code = null, param = null, headers = {} } = script;
  const type = ERROR_TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(JSON.stringify({ error: { message, type, param, code } }));
}

const MODELS = {
  object: 'list',
  data: [{ id: 'scripted-1', object: 'model', created: 1_700_000_000, owned_by: 'test' }],
};

/** One small vector for each input, from its characters: equal texts get equal vectors. */
function embeddings(body: { [key: string]: unknown }) {
  const inputs = Array.isArray(body.input) ? body.input : [body.input];
  const data = inputs.map((input, index) => {
    const vector = [0, 0, 0, 0, 0, 0, 0, 0];
    for (const [at, character] of [...String(input)].entries()) {
      vector[at % 8] = (vector[at % 8] ?? 0) + (character.codePointAt(0) ?? 0) / 1000;
    }
    return { object: 'embedding', index, embedding: vector };
  });
  const tokens = inputs.length;
  return { object: 'list', model: body.model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}
