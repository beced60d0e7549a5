import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { ShadowEntry } from '../../src/protocol/gatewayEntries.ts';
import { touchstone } from '../support/commandLine.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/gateway/scriptedUpstream.ts';
import { ServedWorkspace, until } from '../support/servicesProcess.ts';

/** The newer model is polite. */
async function provider(): Promise<ScriptedUpstream & AsyncDisposable> {
  const upstream = await startScriptedUpstream(({ json }) => ({
    body: JSON.stringify({
      ...{ id: 'chatcmpl-1', object: 'chat.completion', model: json?.['model'] },
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: json?.['model'] === 'new' ? 'You are welcome.' : 'No.' },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
    }),
  }));
  return Object.assign(upstream, { [Symbol.asyncDispose]: () => upstream.close() });
}

const configOf = ({ baseUrl }: ScriptedUpstream): string => `
providers:
  local: { base_url: ${baseUrl} }
suites:
  polite:
    dataset: live.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [{ contains: welcome }]
    gate: { min_pass_rate: 0.9 }
gateway:
  routes:
    support: { model: support, to: local/old }
`;

const DATASET = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: one, input: Hello }\n';

describe('touchstone shadow', function () {
  this.timeout(120_000);

  it('mirrors live requests until the verdict is clear, over a killed process, and makes cases of the pairs', async () => {
    await using upstream = await provider();
    await using workspace = new ServedWorkspace({
      'touchstone.yaml': configOf(upstream),
      'live.golden.yaml': DATASET,
    });
    const { root } = workspace;
    const run = async (...argv: string[]) => {
      const { code, out, err } = await touchstone(root, ...argv);
      assert.equal(code, 0, err);
      return out;
    };
    const shadow = async (): Promise<ShadowEntry> => {
      const { shadows } = JSON.parse(await run('shadow', 'status', '--json')) as { shadows: ShadowEntry[] };
      return shadows[0] ?? assert.fail('nothing is mirrored');
    };
    const ask = async (from: number, count: number): Promise<void> => {
      const variables = JSON.parse(await run('gateway', 'env', '--json')) as { [name: string]: string };
      for (let at = from; at < from + count; at += 1) {
        const response = await fetch(`${variables['OPENAI_BASE_URL']}/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${variables['OPENAI_API_KEY']}`, connection: 'close' },
          body: JSON.stringify({ model: 'support', messages: [{ role: 'user', content: `Question ${at}` }] }),
        });
        assert.match(await response.text(), /No\./);
      }
    };

    await run('gateway', 'start', '--port', '0');
    assert.match(await run('shadow', 'status'), /^nothing is mirrored; start with: touchstone shadow start/);
    const started = await run(
      ...['shadow', 'start', 'support', '--to', 'local/new', '--share', '100%', '--suite', 'polite'],
    );
    assert.match(
      started,
      /100\.0 % of support mirrored to local\/new\n.*\n {2}verdict: none yet, by suite polite\n {2}budget: \$0 spent, 0 of 400 pairs$/,
    );
    // Copies are made in some slices of time and not in others, so that the latencies can be compared.
    let asked = 0;
    const askUntil = (holds: (now: ShadowEntry) => void): Promise<ShadowEntry> =>
      until(async () => {
        await ask(asked, 1);
        asked += 1;
        const now = await shadow();
        holds(now);
        return now;
      }, 60_000);
    await askUntil(({ pairs }) => assert.ok(pairs > 0));

    await workspace.kill();
    await run('gateway', 'start');
    assert.equal((await shadow()).state, 'mirroring');
    const ended = await askUntil(({ verdict, state }) =>
      assert.deepEqual([verdict, state], ['better', 'ended']),
    );
    assert.ok(ended.runId !== null);
    assert.match(await run('shadow', 'status'), /mirroring support to local\/new ended: .*better/);

    const promoted = JSON.parse(
      await run(
        'shadow',
        'promote',
        ended.runId,
        '--to',
        'live.golden.yaml',
        '--answers',
        'candidate',
        '--json',
      ),
    ) as { added: number };
    assert.ok(promoted.added > 0);
    assert.match(readFileSync(path.join(root, 'live.golden.yaml'), 'utf8'), /You are welcome\./);
  });

  it('says what it cannot do', async () => {
    await using upstream = await provider();
    await using workspace = new ServedWorkspace({
      'touchstone.yaml': configOf(upstream),
      'live.golden.yaml': DATASET,
    });
    const wrong = async (...argv: string[]) => {
      const { code, err } = await touchstone(workspace.root, ...argv);
      assert.equal(code, 2, err);
      return err;
    };
    const start = ['shadow', 'start', 'support', '--to', 'local/new'];
    assert.match(await wrong(...start), /the gateway of this workspace does not run\n {2}Start it with/);
    await touchstone(workspace.root, 'gateway', 'start', '--port', '0');
    assert.match(await wrong(...start, '--suite', 'missing'), /there is no suite 'missing'\n.*polite/);
    assert.match(await wrong(...start, '--share', '0'), /greater than 0/);
    assert.match(await wrong(...start, '--share', '120%'), /at most 100%/);
    assert.match(await wrong('shadow', 'start', 'other', '--to', 'local/new'), /no route 'other'\n.*support/);
    assert.match(await wrong('shadow', 'stop', 'support'), /no requests of 'support' are mirrored/);
  });
});
