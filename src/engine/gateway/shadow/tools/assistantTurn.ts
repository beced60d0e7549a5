import { EventParser } from '../../../http/eventStream.ts';
import type { JsonObject, JsonValue } from '../../../model/json.ts';
import type { FinishedExchange } from '../../exchange/finishedExchange.ts';
import { objectIn } from './bodyJson.ts';
import { type ComparedCall, comparedCall } from './callKey.ts';
import { readChatTurn } from './chatTurn.ts';
import type { ToolApi } from './conversation.ts';
import { readMessagesTurn } from './messagesTurn.ts';
import { readResponsesTurn } from './responsesTurn.ts';

/** What a model answered, as the next request of its API repeats it. */
export interface AssistantTurn {
  items: JsonValue[];
  calls: TurnCall[];
}

export interface TurnCall extends ComparedCall {
  id: string;
}

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
