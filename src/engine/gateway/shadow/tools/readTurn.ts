import { EventParser } from '../../../http/eventStream.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { FinishedExchange } from '../../exchange/finishedExchange.ts';
import type { AssistantTurn } from './assistantTurn.ts';
import { objectIn } from './bodyJson.ts';
import { comparedCall } from './callKey.ts';
import { readChatTurn } from './chatTurn.ts';
import type { ToolApi } from './conversation.ts';
import { readMessagesTurn } from './messagesTurn.ts';
import { readResponsesTurn } from './responsesTurn.ts';

/** Of the first choice. What cannot be read has neither items nor calls, save for those that its summary tells. */
export function readTurn(api: ToolApi, { reply, summary }: FinishedExchange): AssistantTurn {
  const text = reply?.body?.toString('utf8') ?? '';
  const turn = READERS[api](objectIn(text) ?? eventsOf(text), text);
  if (turn) return turn;

  const calls = (summary?.toolCalls ?? []).map(({ id, name, arguments: given }, at) => ({
    ...comparedCall(name, typeof given === 'string' ? given : JSON.stringify(given)),
    id: id ?? `call_${at}`,
  }));
  return { items: [], calls };
}

const READERS: {
  readonly [api in ToolApi]: (said: JsonObject | JsonObject[], text: string) => AssistantTurn | undefined;
} = { chat: readChatTurn, responses: readResponsesTurn, messages: readMessagesTurn };

function eventsOf(text: string): JsonObject[] {
  const parser = new EventParser(text.length + 1);
  return [...parser.push(text), ...parser.end()]
    .map(({ data }) => objectIn(data))
    .filter((event) => event !== undefined);
}
