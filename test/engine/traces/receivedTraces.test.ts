import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, symlinkSync } from 'node:fs';
import { describe, it } from 'mocha';
import { servicesFiles } from '../../../src/engine/attach/servicesFiles.ts';
import { processIdentity } from '../../../src/engine/processes/processIdentity.ts';
import { receivedTraces } from '../../../src/engine/traces/receivedTraces.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { leaseOf } from '../../support/servicesLease.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { capturedSpans } from '../telemetry/dialects/captures.ts';

function received(): string {
  const root = temporaryFolder();
  const store = new TraceStore(traceStorePath(root));
  store.append(capturedSpans('ai-7.0.173-otel-1.0.173'), []);
  store.close();
  return root;
}

describe('received traces', () => {
  it('are waited for while a process receives, and something has come before', () => {
    const root = received();
    leaseOf(root);
    assert.equal(receivedTraces(root).isOpen(), true);

    const empty = temporaryFolder();
    new TraceStore(traceStorePath(empty)).close();
    leaseOf(empty);
    assert.equal(receivedTraces(empty).isOpen(), false);
    assert.equal(receivedTraces(received()).isOpen(), false);
  });

  it('are not waited for where the process was killed, is another one, or receives nothing', async () => {
    const root = received();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const { pid } = child;
    assert.ok(pid);
    leaseOf(root, { pid, started: processIdentity(pid) });
    assert.equal(receivedTraces(root).isOpen(), true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(receivedTraces(root).isOpen(), false);

    leaseOf(root, { started: `${processIdentity(process.pid)}0` });
    assert.equal(receivedTraces(root).isOpen(), false);
    leaseOf(root, { receives: null });
    assert.equal(receivedTraces(root).isOpen(), false);
  });

  it('are not waited for where the lease is a link', () => {
    const root = received();
    leaseOf(root);
    const { lease } = servicesFiles(root);
    renameSync(lease, `${lease}.other`);
    symlinkSync(`${lease}.other`, lease);
    assert.equal(receivedTraces(root).isOpen(), false);
  });
});
