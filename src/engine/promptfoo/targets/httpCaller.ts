import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { lowerCased } from '../../http/headers.ts';
import { Connection } from '../../http/httpConnection.ts';
import type { Redactor } from '../../http/redactor.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import { mostTokens } from '../../models/callEstimate.ts';
import type { Clock, Environment } from '../../ports.ts';
import { renderNunjucks } from '../../prompts/nunjucks/renderNunjucks.ts';
import type { Guard } from '../../resilience/guard.ts';
import type { ProviderGuards } from '../../resilience/providerGuards.ts';
import { SERVER } from '../../targets/capabilities.ts';
import { guardedOutput } from '../../targets/guardedOutput.ts';
import { httpCall } from '../../targets/http/httpCall.ts';
import { errorOutput, excerpt } from '../../targets/reply/agentReply.ts';
import { referredVariables, resolveEnvironment } from '../../targets/secrets/environmentReference.ts';
import type { TargetContext } from '../../targets/target.ts';
import type { RunScript } from '../../targets/targetPorts.ts';
import { renderWithin } from '../prompts/promptText.ts';
import type { HttpCall } from '../providers/promptfooProvider.ts';
import type { CallerOwner, PromptfooCaller } from './promptfooCaller.ts';
import { providerReply } from './providerReply.ts';

interface HttpCallerPorts {
  environment: Environment;
  clock: Clock;
  guards: ProviderGuards;
  redactor?: Redactor;
  runScript?: RunScript | undefined;
}

const MAX_BYTES = 4 * 1024 * 1024;

/** An HTTP provider, called as an HTTP target is. */
export function httpCaller(
  options: HttpCall,
  { name, owner, where }: CallerOwner,
  ports: HttpCallerPorts,
): PromptfooCaller {
  const { method } = options;
  const fill = (values: { [key: string]: string }) =>
    resolveEnvironment(values, ports.environment, { owner, where });
  const headers = lowerCased(fill(options.headers));
  const query = fill(options.query);
  const url = fill({ url: options.url })['url'] ?? '';
  const body = options.body === undefined ? undefined : fillBody(options.body, fill);
  const connection = new Connection();
  const lane = laneOf(url);
  const guard = ports.guards.of({ provider: name, origin: lane, credential: Object.entries(headers).flat() });

  return {
    kind: 'http',
    capabilities: SERVER,
    lane,
    // As written: what a ${env:…} stands for may be a key, and counts by its digest.
    identity: {
      url: options.url,
      method,
      headers: options.headers,
      query: options.query,
      body: options.body ?? null,
      transformResponse: options.transformResponse ?? null,
    },
    environment: referredVariables(
      { url: options.url, headers: options.headers, query: options.query, body: options.body ?? null },
      ports.environment,
    ),
    close: () => connection.close(),

    async call(prompt, vars, _request, context) {
      const values: JsonObject = { ...vars, prompt };
      const request = {
        method,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, renderNunjucks(value, values)]),
        ),
        ...(body === undefined || method === 'GET' ? {} : { body: writeBody(body, headers, values) }),
      };

      const isJson = body !== undefined && typeof body !== 'string';
      if (isJson && request.headers['content-type'] === undefined) {
        request.headers['content-type'] = 'application/json';
      }
      const written = renderNunjucks(url, encoded(values));
      const address = URL.parse(written);
      if (!address || !/^https?:$/.test(address.protocol))
        return errorOutput(
          'bad-request',
          `${owner} has the URL '${excerpt(written)}', which is not valid once its variables are filled in.`,
          0,
        );

      for (const [key, value] of Object.entries(query)) {
        address.searchParams.set(key, renderNunjucks(value, values));
      }

      return send(address, request, options.transformResponse, values, context, {
        ...ports,
        connection,
        guard,
      });
    },
  };
}

async function send(
  url: URL,
  request: { method: string; headers: { [name: string]: string }; body?: string },
  transform: string | undefined,
  values: JsonObject,
  context: TargetContext,
  {
    clock,
    runScript,
    redactor,
    connection,
    guard,
  }: HttpCallerPorts & { connection: Connection; guard: Guard },
): Promise<Output> {
  const { traceparent } = context.span;
  const trace = traceparent ? { traceparent } : {};
  const inputTokens = () => mostTokens(request.body ?? url.search);
  return guardedOutput({ guard, clock }, { ...context, inputTokens }, (signal) =>
    httpCall({
      connection,
      redact: redactor?.text,
      request: { ...request, url, headers: { ...request.headers, ...trace } },
      maxBytes: MAX_BYTES,
      clock,
      signal,
      read: (text, latencyMs) => readAnswer(text, transform, values, runScript, signal, latencyMs),
    }),
  );
}

async function readAnswer(
  text: string,
  transform: string | undefined,
  values: JsonObject,
  runScript: RunScript | undefined,
  signal: AbortSignal,
  latencyMs: number,
): Promise<Output> {
  const json = parse(text);
  const code = transform?.trim();
  if (code === undefined || code === '') return providerReply(json ?? text, latencyMs);
  if (code === 'text') return providerReply(text, latencyMs);

  const keys = pathOf(code);
  if (keys) {
    const picked = keys.reduce<JsonValue | undefined>(member, json);
    if (picked !== undefined && picked !== null) return providerReply(picked, latencyMs);
    return errorOutput('protocol', `The reply has no value at ${code}.`, latencyMs);
  }

  if (!runScript) {
    const reason = 'transformResponse is JavaScript, which is not trusted to run; read it, then use --trust';
    return errorOutput('transform', reason, latencyMs);
  }

  const called = /^(?:\(.*?\)\s*=>|function\s*\(.*?\))/.test(code)
    ? `(${code})(output.json, output.text, context)`
    : `((json, text) => (${code}))(output.json, output.text)`;
  try {
    const scope = { output: { json: json ?? null, text }, context: { vars: values } };
    return providerReply(await runScript(called, scope, { signal }), latencyMs);
  } catch (error) {
    signal.throwIfAborted();
    return errorOutput('transform', error instanceof Error ? error.message : String(error), latencyMs);
  }
}

/** `json.choices[0].message.content` as keys; undefined for anything that must be run. */
function pathOf(code: string): string[] | undefined {
  if (!/^json(?:\??\.[A-Za-z_$][\w$]*|(?:\?\.)?\[(?:\d+|'[^']*'|"[^"]*")\])*$/.test(code)) return undefined;
  return (code.slice(4).match(/[A-Za-z_$][\w$]*|\d+|'[^']*'|"[^"]*"/g) ?? []).map((key) =>
    key.replace(/^['"]|['"]$/g, ''),
  );
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Data is filled in text by text; a text that becomes JSON is sent as such, with its values escaped if needed. */
function writeBody(body: JsonValue, headers: { [name: string]: string }, values: JsonObject): string {
  if (typeof body !== 'string') return JSON.stringify(unpacked(renderWithin(body, values)));
  const plain = renderNunjucks(body, values);
  const isJson = /json/.test(headers['content-type'] ?? '') && /^\s*[[{]/.test(body);
  if (!isJson || parse(plain) !== undefined) return plain;
  const escaped = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : value,
    ]),
  );
  return renderNunjucks(body, escaped);
}

/** A text within the body that is a JSON object or list becomes it. */
function unpacked(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(unpacked);
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpacked(item)]));
  }
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  const parsed = parse(value);
  return typeof parsed === 'object' && parsed !== null ? parsed : value;
}

function fillBody(
  body: JsonValue,
  fill: (values: { [key: string]: string }) => { [key: string]: string },
): JsonValue {
  if (typeof body === 'string') return fill({ body })['body'] ?? '';
  if (Array.isArray(body)) return body.map((item) => fillBody(item, fill));
  if (!isJsonObject(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([key, item]) => [key, fillBody(item, fill)]));
}

/** Values stand in the address as they must. */
function encoded(values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === 'string' ? encodeURIComponent(value) : value,
    ]),
  );
}

function parse(text: string): JsonValue | undefined {
  try {
    return parseUntrustedJson(text);
  } catch {
    return undefined;
  }
}

function laneOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}
