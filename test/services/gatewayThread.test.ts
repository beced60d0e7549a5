import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { systemClock } from '../../src/engine/ports.ts';
import { openGatewayThread } from '../../src/services/gatewayThread.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Answers the first orders, and then no other, as a thread does that is busy for ever. */
const hangs = (answers: number): string => `
const { parentPort } = require('node:worker_threads');
let left = ${answers};
parentPort.on('message', ({ id, order }) => {
  if (left-- <= 0) for (;;);
  const value = order.do === 'serve' ? { server: 1, address: '127.0.0.1', port: 1 } : undefined;
  parentPort.postMessage({ kind: 'answer', id, ok: true, value, status: { routes: [], problem: null } });
});
`;

function open(program: string) {
  const root = temporaryFolder({});
  const file = path.join(root, 'thread.cjs');
  writeFileSync(file, program);
  const waits: number[] = [];
  const clock = {
    ...systemClock,
    sleep: async (ms: number) => void waits.push(ms),
  };
  const ports = { root, mayReadKeys: false, clock, secrets: { get: async () => null } };
  const opened = openGatewayThread(
    { ...ports, onChange: () => {}, onBug: (error) => assert.fail(String(error)) },
    { keep: async () => {} },
    file,
  );
  return { opened, waits };
}

describe('the thread of the gateway', () => {
  it('is ended though it hangs, after the grace of its requests', async () => {
    const { opened, waits } = open(hangs(2));
    const gateway = await opened;
    const server = await gateway.serve({ port: 0, token: 'none' });
    await server.close(5_000);
    await gateway.close();
    assert.deepEqual(waits, [15_000, 10_000]);
  });
});
