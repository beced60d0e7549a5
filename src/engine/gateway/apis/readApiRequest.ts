import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { Message } from '../../model/message.ts';
import type { ApiName } from './apiName.ts';
import type { ApiRequest } from './apiRequest.ts';
import { anthropicMessages } from './messages/anthropicMessages.ts';
import { chatMessages } from './messages/chatMessages.ts';
import { readTools } from './messages/requestTools.ts';
import { responsesMessages } from './messages/responsesMessages.ts';
import { Members, textOf } from './requestMembers.ts';
import type { TokenCounts } from './tokenCounts.ts';

/** Reads what the gateway needs to know. Never throws; the work is linear in the body, whatever it is. */
export function readApiRequest(api: ApiName, body: Buffer): ApiRequest {
  const members = api === 'agent' || api === 'models' ? NOTHING : new Members(body);
  const metadata = members.object('metadata');
  const messages = once(() => messagesOf(api, members));
  const tools = once(() => readTools(members.value('tools') ?? members.value('functions')));

  return {
    api,
    model: members.text('model'),
    stream: members.value('stream') === true,
    asksUsage: asksUsage(members),
    user: members.text('user') ?? textOf(metadata?.['user_id']) ?? members.text('safety_identifier'),
    session: sessionOf(members, metadata),
    variables: members.object('variables'),
    maxOutputTokens: limitOf(members),
    messages,
    tools,
    inputTokens: (counts) => inputTokens(counts, api, members, messages(), tools()),
  };
}

const NOTHING = new Members(Buffer.alloc(0));

function messagesOf(api: ApiName, members: Members): readonly Message[] {
  switch (api) {
    case 'chat':
      return chatMessages(members.value('messages'));
    case 'responses':
      return responsesMessages(members.value('instructions'), members.value('input'));
    case 'messages':
      return anthropicMessages(members.value('system'), members.value('messages'));
    case 'embeddings':
      return inputTexts(members.value('input')).map((content) => ({ role: 'user', content }));
    case 'models':
    case 'agent':
      return [];
  }
}

function inputTokens(
  counts: TokenCounts,
  api: ApiName,
  members: Members,
  messages: readonly Message[],
  tools: ReturnType<typeof readTools>,
): number {
  const model = members.text('model') ?? '';
  if (api === 'agent' || api === 'models') return 0;
  if (api !== 'embeddings') return counts.chat(model, messages, tools);

  const input = members.value('input');
  return counts.text(model, inputTexts(input).join('\n')) + tokensGiven(input);
}

/** By OpenAI's option, or by OpenRouter's own. */
function asksUsage(members: Members): boolean {
  const isAsked = members.object('stream_options')?.['include_usage'] === true;
  return isAsked || members.object('usage')?.['include'] === true;
}

/** A text, or a list of texts. */
function inputTexts(input: JsonValue | undefined): string[] {
  const inputs = Array.isArray(input) ? input : [input];
  return inputs.filter((one) => typeof one === 'string');
}

/** Embeddings may be asked for by tokens: one list, or a list of lists. */
function tokensGiven(input: JsonValue | undefined): number {
  if (!Array.isArray(input)) return 0;
  return input.reduce<number>(
    (sum, one) => sum + (Array.isArray(one) ? one.length : typeof one === 'number' ? 1 : 0),
    0,
  );
}

/** The first name by which agents tell their sessions; OpenAI's `conversation` is a name or an object with one. */
function sessionOf(members: Members, metadata: JsonObject | undefined): string | undefined {
  return (
    textOf(metadata?.['session_id']) ??
    members.text('session_id') ??
    textOf(metadata?.['conversation_id']) ??
    textOf(metadata?.['thread_id']) ??
    members.text('conversation') ??
    textOf(members.object('conversation')?.['id'])
  );
}

function limitOf(members: Members): number | undefined {
  const limits = ['max_completion_tokens', 'max_output_tokens', 'max_tokens'].map((key) =>
    members.value(key),
  );
  return limits.find(
    (limit): limit is number => typeof limit === 'number' && Number.isSafeInteger(limit) && limit > 0,
  );
}

function once<T>(work: () => T): () => T {
  let done: { value: T } | undefined;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}
