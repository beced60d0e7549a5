import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { liveComparison } from '../../../src/engine/compare/live/liveComparison.ts';
import { openDataset } from '../../../src/engine/datasets/dataset.ts';
import type { Comparison } from '../../../src/engine/model/comparison.ts';
import { fixedEnvironment, systemClock } from '../../../src/engine/ports.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import { loadWorkspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { openGateway } from '../../../src/services/openGateway.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const SAMPLE = fileURLToPath(new URL('../../../datasets', import.meta.url));
const { signal } = new AbortController();

type Answer = (asked: { input: string }) => Promise<object>;

/** Both agents in this process, since one process a request would take long. */
async function agents(): Promise<{ older: Answer; newer: Answer }> {
  const load = (file: string) => import(pathToFileURL(path.join(SAMPLE, file)).href);
  const [v1, v2, tracing] = [
    await load('agent-v1/answer.mjs'),
    await load('agent/agent.mjs'),
    await load('agent/tracing.mjs'),
  ];
  return {
    older: async ({ input }) => v1.answer(input),
    newer: async ({ input }) =>
      v2.answer({ case_id: input, trial: 0, input }, { trace: tracing.openTrace({ seed: input }) }),
  };
}

async function serve(answer: Answer): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(await answer(JSON.parse(body))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** What the customers of the sample ask, in single messages. */
async function questions(): Promise<string[]> {
  const dataset = await openDataset(path.join(SAMPLE, 'support.golden.yaml'), { root: SAMPLE, signal });
  const asked: string[] = [];
  for await (const { case: entry } of dataset.cases({ signal }))
    if (typeof entry.input === 'string') asked.push(entry.input);
  return asked;
}

const config = (primary: string, shadow: string, pairs: number) => `suites:
  live:
    dataset: live.golden.yaml
    targets: [{ name: echo, echo: ask.prompty }]
    evaluators:
      # Deadlines count from delivery, and a refund that was started has a number.
      - not-contains: days old
      - not-contains: I have started a refund of
gateway:
  routes:
    support:
      path: /agents/support
      to: { url: "${primary}" }
      safe_to_mirror: true
      shadow: { to: { url: "${shadow}" }, share: 1, suite: live, max_pairs: ${pairs} }
`;

const FILES = {
  'live.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: one, input: Hello }\n',
  'ask.prompty': '---\nname: ask\n---\nuser:\n{{input}}\n',
};

/** More than any comparison here takes. */
const MOST_REQUESTS = 5_000;

/** Sends the questions through a real gateway, over and over, until the comparison ends. */
async function compare(primary: string, shadow: string, pairs = 200): Promise<Comparison> {
  const root = temporaryFolder({ 'touchstone.yaml': config(primary, shadow, pairs), ...FILES });
  const environment = fixedEnvironment({});
  const bugs: unknown[] = [];
  const gateway = await openGateway(
    {
      ...{ root, environment, clock: systemClock, random: systemRandom },
      secrets: { get: async () => null },
      onChange: () => {},
      onBug: (error) => bugs.push(error),
    },
    { keep: async () => {} },
  );
  const token = 't'.repeat(32);
  await gateway.use(await loadWorkspace({ root, environment, signal }));
  const { port, close } = await gateway.serve({ port: 0, token });
  try {
    const shadowOf = () => gateway.status.routes[0]?.shadow;
    const asked = await questions();
    for (let at = 0; at < MOST_REQUESTS && shadowOf()?.state !== 'ended'; at += 1) {
      const input = asked[at % asked.length];
      const response = await fetch(`http://127.0.0.1:${port}/agents/support`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          connection: 'close',
        },
        body: JSON.stringify({ input }),
      });
      assert.equal(response.status, 200, await response.text());
      // In slices of time without copies nothing is mirrored.
      await systemClock.sleep(15);
    }

    const store = new RunStore(storePath(root), { access: 'read' });
    const runId = shadowOf()?.runId ?? assert.fail(JSON.stringify(gateway.status));
    const comparison = liveComparison(store, runId);
    store.close();
    assert.deepEqual(bugs, []);
    return comparison ?? assert.fail('no comparison of live pairs is stored');
  } finally {
    await close(0);
    await gateway.close();
  }
}

describe('a shadow of the sample agent', function () {
  this.timeout(120_000);
  const servers: Server[] = [];
  let older = '';
  let newer = '';
  before(async () => {
    const both = await agents();
    for (const answer of [both.older, both.newer]) {
      const { url, server } = await serve(answer);
      servers.push(server);
      if (answer === both.older) older = url;
      else newer = url;
    }
  });
  after(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('is better than the older version, in the cases that it should be', async () => {
    const { verdict, cases, counts } = await compare(older, newer);
    assert.equal(verdict.word, 'better', verdict.reason);
    assert.equal(counts.degraded, 0);
    const improved = cases.filter(({ change }) => change === 'improved');
    assert.ok(improved.length >= 5, `${improved.length} improved`);
    for (const { baseline } of improved) assert.match(baseline.reason, /days old|started a refund of/);
  });

  it('is never better or worse than itself', async () => {
    const { verdict } = await compare(newer, newer, 40);
    assert.equal(verdict.word, 'undecided');
  });
});
