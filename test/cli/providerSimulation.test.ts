import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const PLAIN = 'providers: { local: { base_url: "http://127.0.0.1:9/v1" } }\n';

/** One call each 800 ms for 80 s; the provider fails from 20 s to 30 s. */
const TAPE = Array.from({ length: 100 }, (_, index) => {
  const at = index * 800;
  const line = { at_ms: at, provider: 'local', duration_ms: 500 };
  return JSON.stringify(
    at >= 20_000 && at < 30_000
      ? { ...line, status: 503 }
      : { ...line, status: 200, input_tokens: 10, output_tokens: 5, cost_usd: 0.001 },
  );
}).join('\n');

interface Outcome {
  policy: string;
  answered: number;
  failed: number;
  requests: number;
  durationMs: number;
  costUsd: number | null;
}

describe('touchstone providers --simulate', () => {
  it('plays a tape with and without protection: what failed is answered after a wait', async () => {
    const folder = temporaryFolder({ 'touchstone.yaml': PLAIN, 'tape.jsonl': TAPE });
    const { code, out } = await touchstone(folder, 'providers', '--simulate', 'tape.jsonl', '--json');
    const { outcomes } = JSON.parse(out) as { outcomes: [Outcome, Outcome] };
    const [own, none] = outcomes;

    assert.equal(code, 0);
    assert.deepEqual([own.policy, none.policy], ['touchstone.yaml', 'no protection']);
    assert.deepEqual([none.answered, none.failed, none.requests], [87, 13, 100]);
    assert.equal(none.costUsd?.toFixed(3), '0.087');
    assert.ok(own.answered > none.answered && own.failed < none.failed, JSON.stringify(own));
    // What was never answered on the tape has no cost there.
    assert.equal(own.costUsd, null);
  });

  it('compares with another configuration, and says the same each time', async () => {
    const slow = 'providers: { local: { base_url: "http://127.0.0.1:9/v1", resilience: { rpm: 30 } } }\n';
    const folder = temporaryFolder({
      'touchstone.yaml': PLAIN,
      'touchstone.slow.yaml': slow,
      'tape.jsonl': TAPE,
    });
    const args = ['providers', '--simulate', 'tape.jsonl', '--against', 'touchstone.slow.yaml', '--json'];
    const [first, second] = [await touchstone(folder, ...args), await touchstone(folder, ...args)];
    const { outcomes } = JSON.parse(first.out) as { outcomes: [Outcome, Outcome] };

    assert.equal(first.out, second.out);
    assert.ok(outcomes[1].durationMs > outcomes[0].durationMs + 30_000);
  });

  it('plays a stored run', async () => {
    const server = await startOpenAiServer(() => ({ text: 'yes' }));
    try {
      const folder = temporaryFolder({
        'a.golden.yaml':
          'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }, { id: b, input: y }]\n',
        'p.prompty': 'user:\nSay {{input}}.\n',
        'touchstone.yaml': `
providers: { own: { base_url: "${server.baseUrl}" } }
suites: { s: { dataset: a.golden.yaml, targets: [{ prompt: p.prompty, model: own/m }], evaluators: [{ contains: { value: yes } }] } }
`,
      });
      await touchstone(folder, 'eval');
      const { code, out } = await touchstone(folder, 'providers', '--simulate', 'latest');

      assert.equal(code, 0);
      assert.match(out, /^2 calls of run \S+, simulated/);
      assert.match(out, /answered +2 of 2 +2 of 2/);
    } finally {
      await server.close();
    }
  });

  for (const [what, args, says] of [
    ['a tape that is not there', ['--simulate', 'no.jsonl'], /no\.jsonl/],
    ['a tape with a fault', ['--simulate', 'bad.jsonl'], /bad\.jsonl:1:1: a request needs at_ms/],
    ['a run where none is stored', ['--simulate', 'latest'], /no run is stored yet/],
    ['--against alone', ['--against', 'touchstone.yaml'], /Add --simulate/],
  ] as const) {
    it(`refuses ${what}, and says what to do`, async () => {
      const folder = temporaryFolder({ 'touchstone.yaml': PLAIN, 'bad.jsonl': '{"at": 1}\n' });
      const { code, err } = await touchstone(folder, 'providers', ...args);
      assert.equal(code, 2);
      assert.match(err, says);
    });
  }
});
