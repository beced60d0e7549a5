import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'mocha';
import { createBoundFetch } from '../../../src/engine/models/boundFetch.ts';

describe('a fetch that is bound to an origin', () => {
  it('takes the key to no other origin, not even to another port of the same host', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const own = createBoundFetch({ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-own', headers: {} });
      await own(`http://127.0.0.1:${port}/v1/chat`);
      assert.deepEqual(seen, ['Bearer sk-own']);
      const other = createBoundFetch({ baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'sk-own', headers: {} });
      await assert.rejects(other(`http://127.0.0.1:${port}/v1/chat`), /left the provider's origin/);
      await assert.rejects(other(new Request(`http://127.0.0.1:${port}/`)), /left the provider's origin/);
      assert.equal(seen.length, 1, 'nothing was sent');
    } finally {
      server.close();
    }
  });
});
