// A provider that speaks chat completions, as a process of its own: sends its address to the parent and ends with it. The model that is
// asked says how it behaves: `hang`, `fail`, `drip`, and any other answers at once.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const EVENTS = 40;
const DRIP_MS = 1_000;
const STREAM_MS = 5;

const whole = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'bench',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'word '.repeat(120) }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 200, completion_tokens: 120, total_tokens: 320 },
});

function eventOf(delta: object, finish: string | null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'bench', choices })}\n\n`;
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function stream(outgoing: ServerResponse, pauseMs: number): Promise<void> {
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let sent = 0; sent < EVENTS && !outgoing.destroyed; sent += 1) {
    outgoing.write(eventOf(sent === 0 ? { role: 'assistant', content: '' } : { content: 'word ' }, null));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  outgoing.write(eventOf({}, 'stop'));
  outgoing.end('data: [DONE]\n\n');
}

const server = createServer(async (incoming, outgoing) => {
  const asked = JSON.parse(await textOf(incoming)) as { model: string; stream?: boolean };
  switch (asked.model) {
    case 'hang':
      return;
    case 'fail':
      outgoing.writeHead(500, { 'content-type': 'application/json' });
      outgoing.end('{"error":{"message":"no","type":"server_error"}}');
      return;
    case 'drip':
      return stream(outgoing, DRIP_MS);
    default:
      if (asked.stream) return stream(outgoing, STREAM_MS);
      outgoing.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(whole),
      });
      outgoing.end(whole);
  }
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () =>
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
process.on('disconnect', () => process.exit(0));
