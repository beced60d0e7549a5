import { defined } from '../../model/defined.ts';
import type { Message } from '../../model/message.ts';
import { releaseIn } from '../../model/releaseFile.ts';
import type { SpanRecord } from '../../model/span.ts';
import type { Attributes, Span } from '../../ports.ts';
import type { RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import { EVENT, FALLBACK, GEN_AI, GENERAL, TOUCHSTONE } from '../../telemetry/attributes.ts';
import { findSensitive, redacted } from '../../traces/sensitiveData.ts';
import type { ReplySummary } from '../apis/replyTap.ts';
import type { FinishedExchange } from './finishedExchange.ts';
import type { Asked, UpstreamRequest } from './upstreamRequest.ts';

/** Bytes of a body of which nothing is known that are kept as a text. */
const MOST_TEXT = 16_384;

/** The span of an exchange, under the caller's. */
export class ExchangeSpan {
  readonly span: Span;
  readonly route: RouteConfig;
  readonly asked: Asked;

  constructor(span: Span, route: RouteConfig, asked: Asked) {
    this.span = span;
    this.route = route;
    this.asked = asked;
  }

  get traceId(): string {
    return this.span.traceId;
  }

  get spanId(): string {
    return this.span.spanId;
  }

  /** A target is about to be asked. */
  asks({ target }: UpstreamRequest): void {
    this.span.set({ [TOUCHSTONE.targetName]: target });
  }

  firstContent(attempt: Span): void {
    attempt.event(EVENT.firstToken);
  }

  fellBack(why: string): void {
    this.span.event(EVENT.fallback, { [FALLBACK.why]: why });
  }

  end({ ending, reason, status, source, stickyKey }: FinishedExchange): void {
    const isError = ending !== 'done' || (status ?? 0) >= 400;
    this.span.set({
      [GENERAL.responseStatus]: status ?? undefined,
      [TOUCHSTONE.ending]: ending,
      [TOUCHSTONE.source]: source === 'upstream' ? undefined : source,
      [GENERAL.sessionId]: stickyKey ?? undefined,
      [GENERAL.errorType]: isError ? (ending === 'done' ? String(status) : ending) : undefined,
    });
    this.span.end(isError ? (reason ?? `status ${status}`) : undefined);
  }
}

/** One attempt: a call of a model or an agent, by OpenTelemetry's semantic conventions for generative AI. */
export function attemptSpan({ span, route, asked }: ExchangeSpan, request: UpstreamRequest): Span {
  const { api } = asked;
  const { model, provider, read, http } = request;
  const operation = api === 'embeddings' ? 'embeddings' : isModelApi(api) ? 'chat' : 'invoke_agent';
  const { hostname, port, protocol } = http.url;
  const name = operation === 'invoke_agent' ? route.name : (model ?? provider);
  return span.child(
    api === 'models' ? 'list models' : `${operation} ${name}`,
    {
      ...(api === 'models' ? {} : { [GEN_AI.operationName]: operation }),
      [GEN_AI.providerName]: provider,
      [GEN_AI.agentName]: operation === 'invoke_agent' ? route.name : undefined,
      [GEN_AI.requestModel]: model,
      [TOUCHSTONE.targetName]: request.target,
      [GEN_AI.requestMaxTokens]: read.maxOutputTokens,
      [GEN_AI.conversationId]: read.session,
      [GENERAL.serverAddress]: hostname,
      [GENERAL.serverPort]: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
      ...inputOf(route, asked, request),
    },
    'client',
  );
}

/** What came of it; `reason` where it is not an answer. */
export function endAttempt(
  span: Span,
  {
    summary,
    reason,
    errorType,
  }: { summary: ReplySummary | null; reason: string | undefined; errorType: string | undefined },
): void {
  span.set({
    [GEN_AI.responseModel]: summary?.model ?? undefined,
    [GEN_AI.responseId]: summary?.responseId ?? undefined,
    [GEN_AI.responseFinishReasons]:
      summary && summary.finishReasons.length > 0 ? summary.finishReasons : undefined,
    [GEN_AI.inputTokens]: summary?.usage?.inputTokens,
    [GEN_AI.outputTokens]: summary?.usage?.outputTokens,
    [GEN_AI.cacheReadTokens]: summary?.usage?.cachedInputTokens,
    [GEN_AI.cacheCreationTokens]: summary?.usage?.cacheWriteTokens,
    [GENERAL.errorType]: errorType ?? (reason === undefined ? undefined : '_OTHER'),
  });
  span.end(reason);
}

/** The release that answered is the version of the service. */
export function withRelease(span: SpanRecord): SpanRecord {
  const target = span.attributes[TOUCHSTONE.targetName];
  const release = typeof target === 'string' ? releaseIn(target) : undefined;
  return release === undefined ? span : { ...span, resource: { [GENERAL.serviceVersion]: release } };
}

/** Answers, in the form of the conventions. */
export function outputAttributes(route: RouteConfig, summary: ReplySummary | null): Attributes {
  if (route.keep === 'none' || !summary) return {};
  const { text, toolCalls, finishReasons } = summary;
  if (text === null && toolCalls.length === 0) return {};
  const parts = [
    ...(text ? [{ type: 'text', content: text }] : []),
    ...toolCalls.map((call) => ({
      type: 'tool_call',
      ...defined({ id: call.id }),
      name: call.name,
      arguments: call.arguments,
    })),
  ];
  return {
    [GEN_AI.outputMessages]: written(route, [
      { role: 'assistant', parts, finish_reason: finishReasons[0] ?? 'unknown' },
    ]),
  };
}

function inputOf(route: RouteConfig, asked: Asked, { read }: UpstreamRequest): Attributes {
  if (route.keep === 'none' || asked.api === 'models') return {};
  const messages = read.messages();
  const told = messages.length > 0 ? messages.map(writeMessage) : bodyAsMessage(asked);
  if (told.length === 0) return {};
  const tools = read.tools();
  return {
    [GEN_AI.inputMessages]: written(route, told),
    [GEN_AI.toolDefinitions]:
      tools.length > 0
        ? written(
            route,
            tools.map((tool) => ({ type: 'function', ...tool })),
          )
        : undefined,
  };
}

/** What an agent is asked, as it was sent. */
function bodyAsMessage({ body, headers }: Asked): object[] {
  const isText = /json|^text\//i.test(headers['content-type'] ?? '');
  if (!isText || body.length === 0 || body.length > MOST_TEXT) return [];
  return [{ role: 'user', parts: [{ type: 'text', content: body.toString() }] }];
}

function writeMessage({ role, content, toolCalls = [], toolCallId, name }: Message): object {
  const texts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  if (role === 'tool') {
    const response = texts.map((part) => (part.type === 'text' ? part.text : part.url)).join('');
    return { role, parts: [{ type: 'tool_call_response', ...defined({ id: toolCallId }), response }] };
  }
  return {
    role,
    ...defined({ name }),
    parts: [
      ...texts.map((part) =>
        part.type === 'text'
          ? { type: 'text', content: part.text }
          : { type: 'uri', modality: 'image', uri: part.url.slice(0, MOST_TEXT) },
      ),
      ...toolCalls.map((call) => ({
        type: 'tool_call',
        ...defined({ id: call.id }),
        name: call.name,
        arguments: call.arguments,
      })),
    ],
  };
}

function written(route: RouteConfig, value: object): string {
  const text = JSON.stringify(value);
  if (route.keep !== 'redacted') return text;
  const data = JSON.parse(text);
  return JSON.stringify(redacted(data, findSensitive(data)));
}

function isModelApi(api: Asked['api']): boolean {
  return api === 'chat' || api === 'responses' || api === 'messages' || api === 'models';
}
