import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { MonitorStore } from '../../src/engine/monitors/monitorStore.ts';
import { systemClock } from '../../src/engine/ports.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import type { ServicesStatus } from '../../src/protocol/servicesCalls.ts';
import { ServicesLink } from '../../src/services/servicesLink.ts';
import { exportOf, ServedWorkspace, sendTraces, until } from '../support/servicesProcess.ts';
import { writeFiles } from '../support/temporaryFolder.ts';

const monitor = (evaluator: string) =>
  `monitors: { all: { match: { kind: other }, evaluators: [ { latency: 5000, name: ${evaluator} } ] } }\n`;

describe('monitors of the services process', function () {
  this.timeout(60_000);

  it('evaluate what is received, by touchstone.yaml as it is now, and go on after a kill', async () => {
    await using workspace = new ServedWorkspace({ 'touchstone.yaml': monitor('first') });
    const { root } = workspace;
    const attach = () =>
      ServicesLink.attach(root, { client: 'terminal', clock: systemClock }, new AbortController().signal);
    const receive = async (link: ServicesLink): Promise<string> => {
      const { receiver } = await link.call('services/receive', {
        on: true,
        port: 0,
        keep: true,
        requireToken: null,
      });
      return receiver.state === 'receiving' ? receiver.endpoint : assert.fail('it does not receive');
    };
    const said = (traceId: string): string[] => {
      const store = new TraceStore(traceStorePath(root), { access: 'read' });
      const all = store.evaluations.ofTrace(traceId);
      store.close();
      return all.map(({ evaluator, passed }) => `${evaluator} ${passed}`);
    };
    const send = async (endpoint: string, digit: string): Promise<void> => {
      assert.equal(await sendTraces(endpoint, exportOf(digit.repeat(32), ['step'])), 200);
    };
    const streamOf = async (link: ServicesLink): Promise<ServicesStatus['stream']> =>
      (await link.call('services/status', {})).stream;

    const link = await attach();
    const endpoint = await receive(link);
    await send(endpoint, '1');
    await until(() => assert.deepEqual(said('1'.repeat(32)), ['first true']));

    // A broken file leaves the former monitors as they are, and is told.
    writeFiles(root, { 'touchstone.yaml': monitor('first').replace('latency', 'latensy') });
    await until(async () =>
      assert.match((await streamOf(link)).problem ?? '', /^touchstone\.yaml:1:\d+: .*latensy/),
    );
    await send(endpoint, '2');
    await until(() => assert.deepEqual(said('2'.repeat(32)), ['first true']));

    writeFiles(root, { 'touchstone.yaml': monitor('second') });
    await until(async () => assert.equal((await streamOf(link)).problem, null));
    await send(endpoint, '3');
    await until(() => assert.deepEqual(said('3'.repeat(32)), ['second true']));

    // What came while there was none is not evaluated, and what was is not counted again.
    rmSync(path.join(root, 'touchstone.yaml'));
    await until(() => assert.equal(cursorOf(root), null));
    await send(endpoint, '5');
    writeFiles(root, { 'touchstone.yaml': monitor('second') });
    await until(() => assert.notEqual(cursorOf(root), null));
    await send(endpoint, '6');
    await until(() => assert.deepEqual(said('6'.repeat(32)), ['second true']));
    assert.deepEqual(said('5'.repeat(32)), []);

    link.close();
    await workspace.kill();
    const again = await attach();
    await send(await receive(again), '4');
    await until(() => assert.deepEqual(said('4'.repeat(32)), ['second true']));
    for (const digit of ['1', '2', '3', '6']) assert.equal(said(digit.repeat(32)).length, 1);

    const [all] = (await streamOf(again)).monitors;
    assert.deepEqual([all?.monitor, all?.matched, all?.evaluated, all?.passed], ['all', 5, 5, 5]);

    // Whoever has the token of the process hears of it, what it missed first.
    const events = await fetch(`${await receive(again)}/events`, {
      headers: { authorization: `Bearer ${workspace.lease?.token}`, 'last-event-id': '2' },
    });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('id: 5')) text += (await reader?.read())?.value ?? assert.fail('it ended');
    await reader?.cancel();
    assert.deepEqual(
      [...text.matchAll(/^id: (\d+)/gm)].map(([, id]) => id),
      ['3', '4', '5'],
    );
    again.close();
  });
});

function cursorOf(root: string): number | null {
  const store = new MonitorStore(traceStorePath(root));
  try {
    return store.cursor;
  } finally {
    store.close();
  }
}
