import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebhookCall {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string;
  readonly calls: WebhookCall[];
  /** Resolves once there are so many. */
  until(count: number): Promise<void>;
}

/** What is answered to a call, by its number from 0; undefined cuts the connection. */
export type WebhookScript = (
  index: number,
) => { status: number; headers?: { [name: string]: string } } | undefined;

/** Takes POSTs on 127.0.0.1. */
export async function startWebhookReceiver(
  script: WebhookScript = () => ({ status: 204 }),
): Promise<WebhookReceiver> {
  const calls: WebhookCall[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const index = calls.push({
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
    });
    const reply = script(index - 1);
    if (reply) outgoing.writeHead(reply.status, reply.headers).end();
    else incoming.socket.destroy();
    for (const look of waiting) look();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/hook`,
    calls,
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (calls.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
