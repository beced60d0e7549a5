import { openTap, type TapOptions } from '../../../../src/engine/gateway/apis/openTap.ts';
import { readApiRequest } from '../../../../src/engine/gateway/apis/readApiRequest.ts';
import type { ReplyTap } from '../../../../src/engine/gateway/apis/replyTap.ts';
import { TokenCounts } from '../../../../src/engine/gateway/apis/tokenCounts.ts';

let loading: Promise<TokenCounts> | undefined;

/** Read once for all tests: it takes a second. */
export function loadedCounts(): Promise<TokenCounts> {
  loading ??= TokenCounts.load();
  return loading;
}

const QUESTION = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Where is it?' }] };

export async function tapOf(options: Partial<TapOptions> = {}, asked: object = QUESTION): Promise<ReplyTap> {
  const { api = 'chat' } = options;
  return openTap({
    api,
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    stream: true,
    dropsUsage: false,
    request: readApiRequest(api, Buffer.from(JSON.stringify(asked))),
    counts: await loadedCounts(),
    ...options,
  });
}

/** What the client gets of these pieces. */
export function passed(tap: ReplyTap, pieces: readonly Uint8Array[]): Buffer {
  const got: Buffer[] = [];
  for (const piece of pieces) got.push(Buffer.from(tap.push(piece)));
  got.push(Buffer.from(tap.end()));
  return Buffer.concat(got);
}

/** Bytes in pieces of these lengths, over and over; the whole where there are none. */
export function inPieces(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const length = lengths.length === 0 ? bytes.length : (lengths[index % lengths.length] ?? 1);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
