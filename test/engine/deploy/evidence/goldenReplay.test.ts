import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { Router } from '../../../../src/engine/deploy/routers/router.ts';
import { type AgentServer, startAgentServer } from '../../../support/agentServer.ts';
import { EvidenceFolder, NOW, PAIR } from '../../../support/deploy/evidenceFolder.ts';

const signal = new AbortController().signal;
const WINDOW = { sinceMs: 0, untilMs: NOW + 600_000 };

async function started(script: Parameters<typeof startAgentServer>[0], evidence = {}) {
  const agent = await startAgentServer(script);
  const router: Pick<Router, 'target'> = {
    target: (_pair, side) =>
      Promise.resolve({
        kind: 'http',
        url: `${agent.url}/${side}`,
        headers: { authorization: 'Bearer key-of-the-version' },
      }),
  };
  const folder = await EvidenceFolder.open({ goldenCases: true, ...evidence }, { router });
  return { agent, folder, [Symbol.asyncDispose]: () => closed(agent, folder) };
}

async function closed(agent: AgentServer, folder: EvidenceFolder) {
  await folder.close();
  await agent[Symbol.asyncDispose]();
}

const polite = (call: { body: string }) => ({
  output: `polite ${JSON.parse(call.body).input}`,
  cost_usd: 0.5,
});

describe('golden cases of a deployment', () => {
  it('are asked of both versions, judged with their expected answers, and told as golden', async () => {
    await using given = await started(polite);
    const { agent, folder } = given;
    await folder.evidence.fill(PAIR, WINDOW, 2, signal);
    const { samples, problems } = await folder.evidence.read(PAIR, WINDOW, signal);

    assert.deepEqual(problems, []);
    assert.deepEqual(
      samples.map(({ side, source, quality, tags }) => [side, source, quality?.passed, tags]),
      [
        ['green', 'golden', true, ['critical']],
        ['blue', 'golden', true, ['critical']],
        ['green', 'golden', true, []],
        ['blue', 'golden', true, []],
      ],
    );
    assert.ok(agent.calls.every(({ headers }) => headers['x-touchstone-golden'] === '1'));
  });

  it('are not paid again after a restart, and the file holds no key', async () => {
    await using given = await started(polite);
    const { agent, folder } = given;
    await folder.evidence.fill(PAIR, WINDOW, 1, signal);
    await folder.restart();
    assert.equal((await folder.evidence.read(PAIR, WINDOW, signal)).samples.length, 2);
    await folder.evidence.fill(PAIR, WINDOW, 1, signal);
    assert.deepEqual(
      agent.calls.map(({ body }) => JSON.parse(body).case_id),
      ['one', 'one', 'two', 'two'],
    );

    const file = path.join(folder.root, '.touchstone', 'deployments', 'support.golden.jsonl');
    assert.equal(readFileSync(file, 'utf8').includes('key-of-the-version'), false);
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"key": "cut`);
    await folder.restart();
    assert.equal((await folder.evidence.read(PAIR, WINDOW, signal)).samples.length, 4);
  });

  it('end with the money of the deployment, which is a problem and no value', async () => {
    await using given = await started(polite, { maxCostUsd: 1 });
    const { agent, folder } = given;
    await folder.evidence.fill(PAIR, WINDOW, 5, signal);
    assert.equal(agent.calls.length, 2);
    assert.match(
      (await folder.evidence.read(PAIR, WINDOW, signal)).problems.join(),
      /as much as max_cost_usd allows/,
    );
  });

  it('of a tag are asked of both once within a step, as long as no traffic has the tag', async () => {
    await using given = await started(polite);
    const { agent, folder } = given;
    const asked = { tag: 'critical', count: 5 };
    await folder.evidence.fillTag(PAIR, WINDOW, asked, signal);
    await folder.evidence.fillTag(PAIR, WINDOW, asked, signal);
    assert.deepEqual(
      agent.calls.map(({ body }) => JSON.parse(body).case_id),
      ['one', 'one'],
    );
    await folder.evidence.fillTag(PAIR, WINDOW, { tag: 'unknown', count: 5 }, signal);
    assert.equal(agent.calls.length, 2);
  });

  it('share the money with the judges of traffic: one total for the deployment', async () => {
    await using given = await started(polite, { maxCostUsd: 2 });
    const { agent, folder } = given;
    folder.judged(1.2, NOW);
    await folder.evidence.read(PAIR, WINDOW, signal);
    await folder.evidence.fill(PAIR, WINDOW, 5, signal);
    assert.equal(agent.calls.length, 2);
    const { problems } = await folder.evidence.read(PAIR, WINDOW, signal);
    assert.deepEqual(problems, [
      'golden cases and judges have cost as much as max_cost_usd allows: 2.20 of 2 USD',
    ]);
    assert.equal(folder.spent, 1);
  });

  it('do not pay for an earlier deployment', async () => {
    await using given = await started(polite, { maxCostUsd: 2 });
    const { agent, folder } = given;
    await folder.evidence.fill(PAIR, WINDOW, 9, signal);
    folder.judged(5, NOW - 1);
    assert.equal(agent.calls.length, 4);
    await folder.clock.advance(1000);
    await folder.restart();
    folder.beganMs = folder.clock.now();
    assert.deepEqual((await folder.evidence.read(PAIR, WINDOW, signal)).problems, []);
    await folder.evidence.fill(PAIR, WINDOW, 1, signal);
    assert.equal(agent.calls.length, 6);
  });

  it('smoke: answers pass, errors fail, and without an answer about cases nothing is shown', async () => {
    await using given = await started(polite);
    assert.deepEqual(await given.folder.evidence.smoke(PAIR, signal), {
      status: 'pass',
      reason: '2 golden cases were answered',
    });

    await using broken = await started((_call, response) => void response.writeHead(500).end());
    assert.equal((await broken.folder.evidence.smoke(PAIR, signal)).status, 'fail');

    const folder = await EvidenceFolder.open({}, { config: { suite: 'unknown' } });
    assert.equal((await folder.evidence.smoke(PAIR, signal)).status, 'undecided');
    await folder.close();
  });
});
