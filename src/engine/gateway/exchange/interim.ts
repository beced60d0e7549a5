import type { IncomingHttpHeaders } from 'node:http';
import type { WholeReply } from '../../http/server/serverRequest.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { ApiName } from '../apis/apiName.ts';
import type { ApiRequest } from '../apis/apiRequest.ts';
import type { ReplyTap } from '../apis/replyTap.ts';

/** Plain stand-ins for what the folders apis, routes and split give; they go when those are there. */
const APIS: { readonly [path: string]: ApiName } = {
  '/v1/chat/completions': 'chat',
  '/v1/responses': 'responses',
  '/v1/embeddings': 'embeddings',
  '/v1/messages': 'messages',
  '/v1/models': 'models',
};

export function apiOf(_method: string, path: string): ApiName | undefined {
  return APIS[path];
}

export function readApiRequest(api: ApiName, body: Buffer): ApiRequest {
  let json: JsonObject = {};
  try {
    const parsed: unknown = JSON.parse(body.toString());
    if (isJsonObject(parsed)) json = parsed;
  } catch {}
  const { model, stream, user } = json;
  return {
    api,
    model: typeof model === 'string' ? model : undefined,
    stream: stream === true,
    asksUsage: true,
    user: typeof user === 'string' ? user : undefined,
    session: undefined,
    variables: undefined,
    maxOutputTokens: undefined,
    messages: () => [],
    tools: () => [],
    inputTokens: () => Math.ceil(body.length / 3),
  };
}

export function openTap({
  stream,
}: {
  api: ApiName;
  status: number;
  headers: IncomingHttpHeaders;
  stream: boolean;
  dropsUsage: boolean;
  request: ApiRequest;
}): ReplyTap {
  let text = '';
  return {
    push(bytes) {
      text += Buffer.from(bytes).toString('latin1');
      return bytes;
    },
    end: () => new Uint8Array(0),
    get hasContent() {
      return stream ? /"content":\s*"[^"]/.test(text) : text !== '';
    },
    get isWhole() {
      return stream ? /\[DONE\]|message_stop/.test(text) : true;
    },
    get error() {
      return stream && text.includes('data: {"error"')
        ? { message: 'error', type: 'server_error' }
        : undefined;
    },
    summary: () => ({
      model: null,
      responseId: null,
      usage: null,
      finishReasons: [],
      text,
      toolCalls: [],
      fingerprint: null,
    }),
  };
}

export function editRequest(body: Buffer, { model }: { model?: string; includeUsage?: boolean }): Buffer {
  if (model === undefined) return body;
  return Buffer.from(JSON.stringify({ ...(JSON.parse(body.toString()) as JsonObject), model }));
}

export function apiError(api: ApiName, status: number, message: string, type: string): WholeReply {
  const body =
    api === 'messages'
      ? { type: 'error', error: { type, message } }
      : { error: { message, type, code: null, param: null } };
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
