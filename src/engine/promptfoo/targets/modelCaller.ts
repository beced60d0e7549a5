import { PromptError } from '../../errors.ts';
import { parseYaml } from '../../files/formats/parseYaml.ts';
import type { CaseMessage } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../model/jsonDepth.ts';
import type { Message, ToolCall } from '../../model/message.ts';
import type { RenderedPrompt } from '../../model/prompt.ts';
import type { ModelClient, ModelReply } from '../../models/modelClient.ts';
import type { Clock } from '../../ports.ts';
import { promptWith } from '../../targets/capabilities.ts';
import { modelCall } from '../../targets/prompt/modelCall.ts';
import { type ModelAnswer, modelOutput } from '../../targets/prompt/modelOutput.ts';
import { caseMessage } from '../../targets/prompt/promptMessage.ts';
import type { AllowTokens } from '../../targets/prompt/tokenAllowance.ts';
import { errorOutput } from '../../targets/reply/agentReply.ts';
import type { ModelCall } from '../providers/promptfooProvider.ts';
import { textOf } from './answerText.ts';
import type { PromptfooCaller } from './promptfooCaller.ts';

interface ModelCallerOptions extends Omit<ModelCall, 'kind' | 'model'> {
  /** Name of the target. */
  name: string;
  client: ModelClient;
  allow?: AllowTokens | undefined;
  clock: Clock;
}

/** A chat model: the prompt is a chat as JSON or YAML, or the text of one user message. */
export function modelCaller(options: ModelCallerOptions): PromptfooCaller {
  const { name, client, parameters, tools, responseFormat, allow, clock } = options;
  const reference = `${client.provider}/${client.model}`;
  const toOutput = (reply: ModelReply) => modelOutput(reply, answerOf(reply, options));
  const send = modelCall({ name, client, parameters, seeds: false, allow, clock, toOutput });

  const render = (messages: Message[]): RenderedPrompt => {
    const rendered = { messages, parameters, tools };
    return responseFormat === undefined ? rendered : { ...rendered, responseFormat };
  };

  return {
    kind: 'prompt',
    capabilities: { ...promptWith(reference, client.standIns), tools: tools.map((tool) => tool.name) },
    lane: client.provider,
    identity: {
      model: reference,
      endpoint: client.endpoint ?? null,
      parameters,
      tools,
      responseFormat: responseFormat ?? null,
      ...defined({
        functions: options.functions ? true : undefined,
        tokenBudgets: allow === undefined ? undefined : 'adaptive',
      }),
    },
    asks: {
      maxTokens: parameters.maxTokens,

      request(prompt, caseId) {
        const messages = readChat(prompt, caseId);
        if (typeof messages === 'string') throw new PromptError(messages, {});
        return render(messages);
      },
    },

    async call(prompt, _vars, request, context) {
      const messages = readChat(prompt, request.case.id);
      if (typeof messages === 'string') return errorOutput('bad-request', messages, 0);
      return send(render(messages), request, context);
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
  const messages = Array.isArray(list) ? list.map(chatMessage) : [undefined];
  const known = messages.filter((message) => message !== undefined);
  if (known.length < messages.length) return [{ role: 'user', content: prompt }];
  return known.map((message) => caseMessage(message, caseId));
}

function parseChat(text: string): JsonValue | undefined {
  try {
    if (text.startsWith('- role:')) return parseYaml(text, 'prompt').value;
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An entry of a chat; undefined for what is none. */
function chatMessage(item: JsonValue): CaseMessage | undefined {
  if (!isJsonObject(item)) return undefined;
  const { role, content = null, ...rest } = item;
  return typeof role === 'string' ? { ...rest, role, content } : undefined;
}

/** promptfoo judges the tool calls where there is no text, and the whole message where there are both. */
function answerOf(
  reply: ModelReply,
  { responseFormat: format, functions }: Pick<ModelCall, 'responseFormat' | 'functions'>,
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
    ...defined({ id }),
    type: 'function',
    function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  };
}
