import { isJsonObject, type JsonObject } from '../../../model/json.ts';
import type { AssistantTurn } from './assistantTurn.ts';
import { objectIn, objectsIn, textIn } from './bodyJson.ts';
import { type ComparedCall, callOf, comparedCall, exactJson } from './callKey.ts';

/** From a whole reply of Anthropic's messages API, or the events of a streamed one. `text`: the body. */
export function readMessagesTurn(said: JsonObject | JsonObject[], text: string): AssistantTurn | undefined {
  const blocks = (Array.isArray(said) ? assembled(said) : whole(said, text)).filter(isSendable);
  if (blocks.length === 0) return undefined;

  return {
    items: [{ role: 'assistant', content: blocks.map(({ block }) => block) }],
    calls: blocks.flatMap(({ block, call }, at) =>
      call ? [{ id: textIn(block['id']) || `call_${at}`, ...call }] : [],
    ),
  };
}

interface Block {
  block: JsonObject;
  call: ComparedCall | undefined;
}

/** The API does not take back a text without anything in it. */
function isSendable({ block }: Block): boolean {
  return block['type'] !== 'text' || textIn(block['text']) !== '';
}

function isCall(block: JsonObject): boolean {
  return block['type'] === 'tool_use';
}

function whole(said: JsonObject, text: string): Block[] {
  const exact = exactJson(text);
  const exactBlocks = objectsIn(isJsonObject(exact) ? exact['content'] : undefined);
  return objectsIn(said['content']).map((block, at) => ({
    block,
    call: isCall(block)
      ? callOf(textIn(block['name']), block['input'] ?? {}, exactBlocks[at]?.['input'] ?? {})
      : undefined,
  }));
}

/** A block whose input comes in pieces. */
interface OpenBlock {
  block: JsonObject;
  input: string;
}

function assembled(events: readonly JsonObject[]): Block[] {
  const open = new Map<number, OpenBlock>();
  for (const { type, index, content_block: begun, delta } of events) {
    if (typeof index !== 'number') continue;
    if (type === 'content_block_start' && isJsonObject(begun))
      open.set(index, { block: { ...begun }, input: '' });
    const block = open.get(index);
    if (type === 'content_block_delta' && isJsonObject(delta) && block) add(block, delta);
  }

  return [...open.values()].map(({ block, input }) => ({
    block: 'input' in block ? { ...block, input: objectIn(input) ?? {} } : block,
    call: isCall(block) ? comparedCall(textIn(block['name']), input) : undefined,
  }));
}

function add(open: OpenBlock, delta: JsonObject): void {
  open.input += textIn(delta['partial_json']);
  for (const key of ['text', 'thinking', 'signature']) {
    const piece = delta[key];
    if (typeof piece === 'string') open.block[key] = textIn(open.block[key]) + piece;
  }
}
