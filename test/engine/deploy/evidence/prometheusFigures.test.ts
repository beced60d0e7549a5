import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { filledIn, PrometheusFigures } from '../../../../src/engine/deploy/evidence/prometheusFigures.ts';
import { systemClock } from '../../../../src/engine/ports.ts';
import { startAgentServer } from '../../../support/agentServer.ts';
import { PAIR } from '../../../support/deploy/evidenceFolder.ts';
import { freePort } from '../../../support/freePort.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const signal = new AbortController().signal;
const WINDOW = { sinceMs: 0, untilMs: 90_500 };
const vector = (...values: string[]) => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
});

async function read(url: string, query = 'up') {
  const figures = new PrometheusFigures(systemClock);
  try {
    return await figures.read({ name: 'load', url, query, max: 1 }, PAIR, WINDOW, signal);
  } finally {
    figures.close();
  }
}

describe('figures of Prometheus', () => {
  const ANSWERS: [string, unknown, number | RegExp][] = [
    ['one value', vector('0.25'), 0.25],
    ['a scalar', { status: 'success', data: { resultType: 'scalar', result: [1, '3'] } }, 3],
    ['no series', vector(), /found nothing/],
    ['several series', vector('1', '2'), /2 series/],
    ['NaN', vector('NaN'), /NaN, not a number/],
    ['+Inf', vector('+Inf'), /\+Inf, not a number/],
    ['an empty value', vector(''), /not a number/],
    ['a matrix', { status: 'success', data: { resultType: 'matrix', result: [] } }, /matrix/],
    ['an error', { status: 'error', error: 'bad' }, /not one of Prometheus/],
    ['null', null, /not one of Prometheus/],
  ];
  for (const [name, answer, expected] of ANSWERS)
    it(`${name}: ${typeof expected === 'number' ? expected : 'no value'}`, async () => {
      await using server = await startAgentServer(
        (_call, response) => void response.end(JSON.stringify(answer)),
      );
      const { value, reason } = await read(server.url);
      if (typeof expected === 'number') assert.deepEqual([value, reason], [expected, null]);
      else {
        assert.equal(value, null);
        assert.match(reason ?? '', expected);
      }
    });

  it('follows no redirect, and takes no page for an answer', async () => {
    await using aim = await startAgentServer(() => vector('0'));
    await using server = await startAgentServer(
      (_call, response) => void response.writeHead(302, { location: aim.url }).end(),
    );
    assert.match((await read(server.url)).reason ?? '', /status 302/);
    assert.equal(aim.calls.length, 0);

    await using page = await startAgentServer((_call, response) => void response.end('<html>'));
    assert.equal((await read(page.url)).value, null);
    assert.equal((await read('http://127.0.0.1:9')).value, null);
    assert.match((await read('http://169.254.169.254')).reason ?? '', /link-local/);
  });

  it('fills in versions and the step, quoted as strings of a query are', () => {
    const pair = { ...PAIR, green: { ...PAIR.green, name: 'new"er\\' } };
    assert.equal(
      filledIn('rate(x{version="{{green}}", old!="{{ blue }}"}[{{window}}])', pair, WINDOW),
      'rate(x{version="new\\"er\\\\", old!="older"}[91s])',
    );
  });

  it('asks a real Prometheus', async function () {
    if (spawnSync('prometheus', ['--version']).error) this.skip();
    this.timeout(60_000);
    const port = await freePort();
    const folder = temporaryFolder({ 'prometheus.yml': 'global: { scrape_interval: 1s }\n' });
    const server = spawn(
      'prometheus',
      [
        `--config.file=${path.join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${path.join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    try {
      const url = `http://127.0.0.1:${port}`;
      await ready(url, server);
      assert.deepEqual(await read(url, 'vector(0.5)'), { name: 'load', value: 0.5, reason: null });
      assert.equal((await read(url, '1 + 2')).value, 3);
      assert.match((await read(url, 'nothing_of_this_name')).reason ?? '', /found nothing/);
      assert.match((await read(url, 'vector(0) / vector(0)')).reason ?? '', /NaN/);
      assert.match(
        (await read(url, 'label_replace(vector(1), "a", "b", "", "") or vector(2)')).reason ?? '',
        /2 series/,
      );
      assert.match((await read(url, 'rate(')).reason ?? '', /status 400.*parse error/);
    } finally {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
  });
});

async function ready(url: string, server: ChildProcess): Promise<void> {
  for (let turn = 0; turn < 300 && server.exitCode === null; turn += 1) {
    const { value } = await read(url, 'vector(1)');
    if (value === 1) return;
    await wait(100);
  }
  throw new Error('Prometheus did not start');
}
