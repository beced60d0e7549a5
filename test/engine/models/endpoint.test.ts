import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connection } from '../../../src/engine/http/httpConnection.ts';
import { post } from '../../../src/engine/models/openai/endpoint.ts';

describe('an endpoint', () => {
  it('gets the key at its own address, and nobody gets it at a redirect’s', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization} ${request.headers['x-team']}`);
      response.writeHead(307, { location: 'http://localhost:9/elsewhere' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const connection = new Connection();
    try {
      const endpoint = {
        baseUrl: `http://127.0.0.1:${port}/v1`,
        apiKey: 'sk-own',
        headers: { 'X-Team': 'blue', traceparent: 'configured' },
      };
      const reply = await post(endpoint, {
        ...{ connection, path: '/embeddings', body: {}, headers: { traceparent: 'of the call' } },
        signal: new AbortController().signal,
      });
      assert.equal(reply.status, 307);
      reply.close();
      assert.deepEqual(seen, ['/v1/embeddings Bearer sk-own blue']);
    } finally {
      connection.close();
      server.close();
    }
  });
});
