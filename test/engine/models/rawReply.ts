import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createModelCatalog } from '../../../src/engine/models/catalog.ts';
import { ModelError } from '../../../src/engine/models/modelClient.ts';
import { fixedEnvironment, noLog, noSpan } from '../../../src/engine/ports.ts';
import { countingRandom, manualClock } from './manualClock.ts';

export type Bytes = string | Uint8Array;
/** Status, then text or the reason, then tool calls where there are any; or the code and message of an error. */
export type Outcome = [status: string, text: string | RegExp, calls?: [name: string, given: unknown][]];

/** What the client makes of a reply of status 200 that comes in these packets. */
export async function ask(chunks: Bytes[], type: string, stream = true) {
  const server = createServer(async (incoming, outgoing) => {
    incoming.resume();
    outgoing.writeHead(200, { 'content-type': type });
    for (const chunk of chunks) {
      outgoing.write(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ports = {
    environment: fixedEnvironment({}),
    clock: manualClock(10_000),
    random: countingRandom(),
    log: noLog,
  };
  const provider = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    stream,
    headers: { 'x-key': 'sk-canary-0123456789' },
  };
  const request = { messages: [{ role: 'user' as const, content: 'hi' }], parameters: {} };
  const options = { signal: new AbortController().signal, span: noSpan, timeoutMs: 60_000 };
  try {
    return await createModelCatalog({ s: provider }, ports).client('s/tiny').complete(request, options);
  } catch (error) {
    assert(error instanceof ModelError, String(error));
    return error;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

export function assertOutcome(
  reply: Awaited<ReturnType<typeof ask>>,
  [status, text, calls = []]: Outcome,
): void {
  const got = reply instanceof ModelError ? reply.code : reply.status;
  const said = reply instanceof ModelError ? reply.message : 'reason' in reply ? reply.reason : reply.text;
  assert.equal(got, status, said);
  if (typeof text === 'string') assert.equal(said, text);
  else assert.match(said, text);
  const made = reply instanceof ModelError ? [] : reply.toolCalls.map((one) => [one.name, one.arguments]);
  assert.deepEqual(made, calls);
}
