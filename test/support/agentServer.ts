import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedCall {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What the server does with a call: a JSON value to answer, or full control over the response. */
type Script = (call: ReceivedCall, response: ServerResponse) => unknown;

export interface AgentServer extends AsyncDisposable {
  readonly url: string;
  readonly calls: ReceivedCall[];
  /** Connections opened so far. */
  readonly connections: number;
}

/** An agent over real HTTP on 127.0.0.1. A script that returns a value other than undefined answers it as JSON. */
export async function startAgentServer(script: Script): Promise<AgentServer> {
  const calls: ReceivedCall[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const call = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
    calls.push(call);
    const reply = script(call, response);
    if (reply === undefined) return;
    const body = JSON.stringify(reply);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/agent`,
    calls,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
