import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Router } from '../../../../src/engine/deploy/routers/router.ts';
import { startAgentServer } from '../../../support/agentServer.ts';
import { EvidenceFolder, NOW, PAIR } from '../../../support/deploy/evidenceFolder.ts';

const signal = new AbortController().signal;
const WINDOW = { sinceMs: 0, untilMs: NOW + 600_000 };

describe('golden cases of a release', () => {
  it('are asked by the chat API, with the input as variables, and judged', async () => {
    await using agent = await startAgentServer((call) => ({
      model: 'served-1',
      choices: [
        { message: { role: 'assistant', content: `polite ${JSON.parse(call.body).variables.input}` } },
      ],
    }));
    const router: Pick<Router, 'target'> = {
      target: (pair, side) =>
        Promise.resolve({
          ...{ kind: 'model', baseUrl: `${agent.url}/v1`, model: `release/${pair[side]?.name}` },
          headers: { authorization: 'Bearer key-of-the-gateway' },
        }),
    };
    const folder = await EvidenceFolder.open({ goldenCases: true }, { router });
    try {
      await folder.evidence.fill(PAIR, WINDOW, 1, signal);
      const { samples, problems } = await folder.evidence.read(PAIR, WINDOW, signal);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        samples.map(({ side, source, servedModel, quality }) => [side, source, servedModel, quality?.passed]),
        [
          ['green', 'golden', 'served-1', true],
          ['blue', 'golden', 'served-1', true],
        ],
      );
      assert.deepEqual(
        agent.calls.map(({ body }) => JSON.parse(body)),
        ['newer', 'older'].map((name) => ({ model: `release/${name}`, variables: { input: 'hello' } })),
      );
      assert.ok(agent.calls.every(({ headers }) => headers['authorization'] === 'Bearer key-of-the-gateway'));
    } finally {
      await folder.close();
    }
  });
});
