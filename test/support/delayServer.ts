import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DelayServer {
  readonly url: string;
  /** `case/trial` of every request, in the order of arrival. */
  readonly calls: string[];
  close(): Promise<void>;
}

/**
 * An HTTP agent that answers every request after `latencyMs` with the input it was sent; later trials of a case take
 * `laterMs` longer.
 */
export async function startDelayServer(latencyMs: number, laterMs = 0): Promise<DelayServer> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const { input, case_id, trial } = JSON.parse(body) as { input: string; case_id: string; trial: number };
      calls.push(`${case_id}/${trial}`);
      const reply = JSON.stringify({
        output: input,
        usage: { input_tokens: 10, output_tokens: 5 },
        cost_usd: 0.001,
      });
      const wait = latencyMs + (trial > 0 ? laterMs : 0);
      setTimeout(() => {
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(reply),
        });
        response.end(reply);
      }, wait);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
