import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type LocalServer, startServer } from '../../src/engine/http/server/serverShell.ts';
import { systemClock } from '../../src/engine/ports.ts';
import { otlpRoutes } from '../../src/engine/telemetry/receiver/otlpRoutes.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { ReceivedTraces } from '../../src/services/receivedTraces.ts';
import { exportOf, sendTraces } from '../support/servicesProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Of the store's file. */
const PAGE = 16_384;
const TRACE = '5b8efff798038103d269b633813fc60c';

describe('received traces', () => {
  let root: string;
  let received: ReceivedTraces;
  let server: LocalServer;
  const bugs: unknown[] = [];

  beforeEach(async () => {
    root = temporaryFolder();
    bugs.length = 0;
    const onBug = (error: unknown) => bugs.push(error);
    received = new ReceivedTraces({ root, clock: systemClock, onChange: () => {}, onBug });
    server = await startServer({
      ...{ name: 'the OTLP receiver', port: 0, token: 'unused', clock: systemClock, onBug },
      routes: otlpRoutes(received, 'open'),
    });
  });
  afterEach(async () => {
    await server.close(0);
    received.close();
  });

  function stored(): number {
    const store = new TraceStore(traceStorePath(root), { access: 'read' });
    const { length } = store.records(TRACE).spans;
    store.close();
    return length;
  }

  it('are stored anew where the same request comes after their file was removed', async () => {
    const body = exportOf(TRACE, ['one', 'two']);
    const send = () => sendTraces(`http://127.0.0.1:${server.port}`, body);
    assert.equal(await send(), 200);
    assert.equal(await send(), 200);
    assert.deepEqual([stored(), received.received.duplicates], [2, 0]);

    rmSync(path.join(root, '.touchstone'), { recursive: true });
    // What is open cannot be stored to any more: its sender tries again.
    const statuses = [await send(), await send()];
    assert.deepEqual(statuses, [503, 200]);
    assert.equal(stored(), 2);
    assert.deepEqual(bugs, []);
  });

  it('have a problem for as long as nothing can be stored', async () => {
    const body = (name: string) => exportOf(TRACE, [name]);
    const send = (name: string) => sendTraces(`http://127.0.0.1:${server.port}`, body(name));
    await send('one');
    rmSync(path.join(root, '.touchstone'), { recursive: true });
    await send('two');
    assert.match(received.problem ?? '', /removed or replaced/);
    await send('two');
    assert.equal(received.problem, null);
  });

  it('are sent again where their store turns out to be broken before they are stored', async () => {
    const send = () => sendTraces(`http://127.0.0.1:${server.port}`, exportOf(TRACE, ['one']));
    assert.equal(await send(), 200);
    received.close();

    // Its list cannot be read: looking after it fails at once.
    const file = traceStorePath(root);
    const { size } = statSync(file);
    const opened = openSync(file, 'r+');
    writeSync(opened, Buffer.alloc(size - 2 * PAGE, 0xff), 0, size - 2 * PAGE, 2 * PAGE);
    closeSync(opened);
    const statuses = [await send(), await send(), await send()];
    assert.deepEqual(statuses, [503, 503, 503]);
    assert.deepEqual(bugs, []);
  });
});
