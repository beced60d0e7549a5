import { parseYaml } from '../../files/formats/parseYaml.ts';
import type { CaseMessage } from '../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../model/jsonDepth.ts';
import type {
  Message,
  ModelParameters,
  ResponseFormat,
  ToolCall,
  ToolDefinition,
} from '../../model/message.ts';
import { emptyOutput } from '../../model/output.ts';
import { type ModelClient, ModelError, type ModelReply } from '../../models/modelClient.ts';
import type { Clock } from '../../ports.ts';
import { errorOutput } from '../../targets/agentReply.ts';
import { type ModelAnswer, modelOutput } from '../../targets/modelOutput.ts';
import { caseMessage } from '../../targets/promptMessage.ts';
import { type PromptfooCaller, textOf } from './promptfooTarget.ts';

export interface ModelCallerOptions {
  client: ModelClient;
  parameters: ModelParameters;
  tools: ToolDefinition[];
  /** Tool calls are answered in the older form of function calls. */
  functions?: true;
  responseFormat?: ResponseFormat;
  clock: Clock;
}

/** A chat model: the prompt is a chat as JSON or YAML, or the text of one user message. */
export function modelCaller(options: ModelCallerOptions): PromptfooCaller {
  const { client, parameters, tools, responseFormat, clock } = options;
  return {
    kind: 'prompt',
    lane: client.provider,
    identity: {
      model: `${client.provider}/${client.model}`,
      endpoint: client.endpoint ?? null,
      parameters: parameters as JsonObject,
      tools: tools as unknown as JsonValue,
      responseFormat: (responseFormat as unknown as JsonValue) ?? null,
      ...(options.functions ? { functions: true } : {}),
    },
    async call(prompt, _vars, request, context) {
      const messages = readChat(prompt, request.case.id);
      if (typeof messages === 'string') return errorOutput('bad-request', messages, 0);
      const begun = clock.monotonic();
      try {
        const asked = {
          messages,
          parameters,
          ...(tools.length > 0 ? { tools } : {}),
          ...(responseFormat === undefined ? {} : { responseFormat }),
        };
        const call = { ...context, trial: request.trial, caseId: request.case.id };
        const reply = await client.complete(asked, call);
        return modelOutput(reply, answerOf(reply, options));
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        const { code, message, transient } = error;
        const latencyMs = clock.monotonic() - begun;
        return { ...emptyOutput(), latencyMs, status: 'error', error: { code, message, transient } };
      }
    },
  };
}

/** The messages, or why a prompt that looks like a chat is none. */
function readChat(prompt: string, caseId: string): Message[] | string {
  const trimmed = prompt.trim();
  const value = parseChat(trimmed);
  if (value === undefined) {
    if (/^\[\s*\{|^\{\s*"/.test(trimmed))
      return 'the prompt looks like JSON and is not: check it once it is filled in';
    return [{ role: 'user', content: prompt }];
  }
  const list = isJsonObject(value) && Array.isArray(value['messages']) ? value['messages'] : value;
  if (!Array.isArray(list) || !list.every((item) => isJsonObject(item) && typeof item['role'] === 'string')) {
    return [{ role: 'user', content: prompt }];
  }
  return list.map((item) => caseMessage(item as unknown as CaseMessage, caseId));
}

function parseChat(text: string): JsonValue | undefined {
  try {
    if (text.startsWith('- role:')) return parseYaml(text, 'prompt').value;
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** promptfoo judges the tool calls where there is no text, and the whole message where there are both. */
function answerOf(
  reply: ModelReply,
  { responseFormat: format, functions }: Pick<ModelCallerOptions, 'responseFormat' | 'functions'>,
): ModelAnswer {
  const [first] = reply.toolCalls;
  if (first && functions) {
    const { function: call = {} } = wireForm(first);
    return textOf(reply.text === '' ? call : { role: 'assistant', content: reply.text, function_call: call });
  }
  if (reply.toolCalls.length > 0) {
    const calls = reply.toolCalls.map(wireForm);
    return textOf(reply.text === '' ? calls : { role: 'assistant', content: reply.text, tool_calls: calls });
  }
  // A reply under `json_object` stays a text, as scripts that parse it expect.
  if (format?.type !== 'json_schema' || reply.status !== 'complete') return { text: reply.text };
  if (isNestedDeeper(reply.text, MAX_REPLY_DEPTH)) return { text: reply.text };
  try {
    return { text: reply.text, json: JSON.parse(reply.text) };
  } catch {
    return { text: reply.text };
  }
}

function wireForm({ id, name, arguments: given }: ToolCall): JsonObject {
  return {
    ...(id === undefined ? {} : { id }),
    type: 'function',
    function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  };
}
