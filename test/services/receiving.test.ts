import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import os from 'node:os';
import { afterEach, describe, it } from 'mocha';
import { systemClock } from '../../src/engine/ports.ts';
import { claimPort, releasePort } from '../../src/services/portClaims.ts';
import { Receiving, type ReceivingOptions } from '../../src/services/receiving.ts';
import { systemRandom } from '../../src/systemRandom.ts';
import { overSocket, statusOf } from '../engine/http/server/rawSocket.ts';
import { exportOf, sendTraces } from '../support/servicesProcess.ts';
import { skip } from '../support/skip.ts';

const BODY = exportOf('5b8efff798038103d269b633813fc60c', ['chat']);
const FREE = { port: 0, keep: false, token: null };

describe('receiving', () => {
  const open: { off(): Promise<void> }[] = [];
  const others: Server[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.off();
    for (const one of others.splice(0)) one.close();
  });

  function receiving(more: Partial<ReceivingOptions> = {}) {
    const kept: string[] = [];
    const one = new Receiving({
      root: '/the/workspace',
      received: { keep: async ({ spans }) => void kept.push(...spans.map(({ name }) => name)) },
      exposure: { address: undefined, hosts: [], token: null },
      clock: systemClock,
      random: systemRandom,
      onChange: () => {},
      onBug: (error) => assert.fail(String(error)),
      ...more,
    });
    open.push(one);
    return { one, kept };
  }

  function state(one: Receiving) {
    const now = one.state;
    assert.ok(now.state === 'receiving', JSON.stringify(now));
    return now;
  }

  async function taken(host = '127.0.0.1'): Promise<number> {
    const other = createServer();
    others.push(other);
    await new Promise<void>((resolve) => other.listen(0, host, resolve));
    return (other.address() as AddressInfo).port;
  }

  it('takes spans from programs of this machine, on 127.0.0.1 alone', async () => {
    const { one, kept } = receiving();
    await one.on(FREE);
    const { endpoint, port, address } = state(one);
    assert.equal(await sendTraces(endpoint, BODY), 200);
    assert.deepEqual(kept, ['chat']);
    assert.equal(address, '127.0.0.1');
    for (const { address: outer, family } of Object.values(os.networkInterfaces())
      .flat()
      .filter((entry) => entry !== undefined)) {
      if (outer === '127.0.0.1' || family === 'IPv6') continue;
      await assert.rejects(sendTraces(`http://${outer}:${port}`, BODY));
    }
  });

  it('takes nothing from a page in a browser, whatever it is called and however it sends', async () => {
    const { one, kept } = receiving();
    await one.on(FREE);
    const { endpoint, port } = state(one);
    const post = (head: string) =>
      overSocket(port, (socket) =>
        socket.end(
          `POST /v1/traces HTTP/1.1\r\n${head}\r\ncontent-length: ${Buffer.byteLength(BODY)}\r\nconnection: close\r\n\r\n${BODY}`,
        ),
      ).then(statusOf);

    const json = 'content-type: application/json';
    assert.equal(await post(`host: rebound.example\r\n${json}`), 403);
    assert.equal(await post(`host: localhost:${port}\r\norigin: https://page.example\r\n${json}`), 403);
    assert.equal(await post(`host: localhost:${port}\r\norigin: null\r\n${json}`), 403);
    assert.equal(await post(`host: localhost:${port}\r\nsec-fetch-site: cross-site\r\n${json}`), 403);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      '',
    ])
      assert.equal(await post(`host: localhost:${port}\r\ncontent-type: ${type}`), 415);
    assert.deepEqual(kept, []);
    assert.equal(await post(`host: localhost:${port}\r\n${json}`), 200);
    assert.equal(await sendTraces(endpoint, BODY), 200);
  });

  it('asks for a token where it is told to', async () => {
    const { one, kept } = receiving();
    await one.on({ ...FREE, token: 'secret' });
    const { endpoint } = state(one);
    assert.equal(await sendTraces(endpoint, BODY), 401);
    assert.equal(await sendTraces(endpoint, BODY, { authorization: 'Bearer other' }), 401);
    assert.deepEqual(kept, []);
    assert.equal(await sendTraces(endpoint, BODY, { authorization: 'Bearer secret' }), 200);
  });

  it('keeps its port when only the token changes, and moves where another port is asked for', async () => {
    const { one } = receiving();
    await one.on(FREE);
    const { port } = state(one);
    await one.on({ ...FREE, port: null, token: 'secret' });
    assert.equal(state(one).port, port);
    assert.equal(state(one).token, 'secret');

    const next = await taken();
    await assert.rejects(one.on({ ...FREE, port: next, token: 'secret' }), /in use/);
    assert.equal(state(one).port, port);
    others.splice(0)[0]?.close();
    await one.on({ ...FREE, port: next, token: 'secret' });
    assert.equal(state(one).port, next);
    await assert.rejects(sendTraces(`http://127.0.0.1:${port}`, BODY));
  });

  it('says who has the port', async () => {
    const program = `require('node:http').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port); })`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
    const port = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
    const { one } = receiving();
    try {
      await assert.rejects(one.on({ ...FREE, port }), {
        name: 'PortTaken',
        message:
          process.platform === 'linux'
            ? `port ${port} is in use by node (process ${child.pid}), so traces cannot be received there`
            : `port ${port} is in use by another program, so traces cannot be received there`,
      });
      assert.deepEqual(one.state.state, 'failed');
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('says that it is another workspace that has the port', async () => {
    const port = await taken();
    claimPort(port, '/another/workspace');
    const { one } = receiving();
    await assert.rejects(one.on({ ...FREE, port }), {
      message: `port ${port} is in use by Touchstone, for /another/workspace (process ${process.pid}), so traces cannot be received there`,
    });
    releasePort(port);
  });

  it('notices a program that has the port at a wider address', async () => {
    for (const host of ['0.0.0.0', '::']) {
      const port = await taken(host).catch(() => undefined);
      if (port === undefined) continue;
      await assert.rejects(receiving().one.on({ ...FREE, port }), /is in use/);
    }
  });

  it('notices a program that takes what is sent to localhost', async function () {
    const port = await taken('::1').catch(() => undefined);
    if (port === undefined) skip(this, 'this machine has no IPv6');
    else await assert.rejects(receiving().one.on({ ...FREE, port }), /is in use/);
  });

  it('takes another port in place of the usual one, and says so', async () => {
    const usualPort = await taken();
    const { one } = receiving({ usualPort });
    await one.on({ ...FREE, port: null });
    const now = state(one);
    assert.notEqual(now.port, usualPort);
    assert.equal(now.insteadOf?.port, usualPort);
    assert.equal(await sendTraces(now.endpoint, BODY), 200);
  });

  it('listens elsewhere, and to other names, only where a person has said so at its start', async () => {
    // macOS has no second address of this machine.
    const address = process.platform === 'darwin' ? '::1' : '127.0.0.2';
    const { one } = receiving({ exposure: { address, hosts: ['agents.test'], token: 'secret' } });
    await one.on({ ...FREE, token: 'secret' });
    const { endpoint, port } = state(one);
    assert.notEqual(new URL(endpoint).hostname, '127.0.0.1');
    const authorization = 'Bearer secret';
    assert.equal(await sendTraces(endpoint, BODY, { authorization }), 200);
    assert.equal(await sendTraces(endpoint, BODY), 401);
    await assert.rejects(sendTraces(`http://127.0.0.1:${port}`, BODY));
  });

  it('answers to the names that it was given', async () => {
    const { one } = receiving({ exposure: { address: undefined, hosts: ['agents.test'], token: null } });
    await one.on(FREE);
    const { port } = state(one);
    const ask = (host: string) =>
      overSocket(port, (socket) => socket.end(`POST /v1/nothing HTTP/1.1\r\nhost: ${host}\r\n\r\n`)).then(
        statusOf,
      );
    assert.deepEqual([await ask('agents.test'), await ask('others.test')], [404, 403]);
  });
});
