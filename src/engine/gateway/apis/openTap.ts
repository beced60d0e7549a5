import { AgentTap } from './agentTap.ts';
import type { ApiName } from './apiName.ts';
import type { ApiRequest } from './apiRequest.ts';
import { BodyTap } from './bodyTap.ts';
import { PackedStreamTap } from './packedStreamTap.ts';
import { ChatForm } from './reply/chatForm.ts';
import { ListForm } from './reply/listForm.ts';
import { MessagesForm } from './reply/messagesForm.ts';
import type { ReplyForm } from './reply/replyForm.ts';
import { ReplyNotes } from './reply/replyNotes.ts';
import { ResponsesForm } from './reply/responsesForm.ts';
import type { ReplyTap } from './replyTap.ts';
import { StreamTap } from './streamTap.ts';
import { TapReading } from './tapReading.ts';
import type { TokenCounts } from './tokenCounts.ts';

export interface TapOptions {
  api: ApiName;
  status: number;
  /** Of the reply, by their names in lower case. */
  headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** The request asked for a stream. */
  stream: boolean;
  /** The usage event was asked for by us alone: the client does not get it. */
  dropsUsage: boolean;
  request: ApiRequest;
  counts: TokenCounts;
}

/** Reads one reply as it passes; its type, not the request, says what it is. */
export function openTap(options: TapOptions): ReplyTap {
  const { api, status, headers, stream, dropsUsage, request, counts } = options;
  const [encoding, type] = [headerOf(headers['content-encoding']), headerOf(headers['content-type']) ?? ''];
  if (api === 'agent') return new AgentTap(encoding);

  const notes = new ReplyNotes();
  const form = formOf(api, notes);
  const reading = new TapReading(notes, request, counts);
  if (isEventStream(type, stream && status < 300)) {
    const isPacked = encoding !== undefined && !/^\s*(?:identity)?\s*$/i.test(encoding);
    const tap = new StreamTap(form, reading, dropsUsage && !isPacked);
    return isPacked ? new PackedStreamTap(tap, encoding) : tap;
  }
  const isJson = type === '' || /\bjson\b/i.test(type);
  const isList = api === 'embeddings' || api === 'models';
  return new BodyTap(form, reading, { status, encoding, isJson, isList });
}

function formOf(api: Exclude<ApiName, 'agent'>, notes: ReplyNotes): ReplyForm {
  switch (api) {
    case 'chat':
      return new ChatForm(notes);
    case 'responses':
      return new ResponsesForm(notes);
    case 'messages':
      return new MessagesForm(notes);
    case 'embeddings':
    case 'models':
      return new ListForm(notes);
  }
}

/** Some servers stream under a type of their own, or none. */
function isEventStream(type: string, isAskedFor: boolean): boolean {
  if (/\btext\/event-stream\b/i.test(type)) return true;
  return isAskedFor && !/\bjson\b|\bhtml\b/i.test(type);
}

function headerOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(', ') : value;
}
