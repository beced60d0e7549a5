import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { type Shop, startShop } from '../support/kubernetes/shop.ts';
import { restoreEnvironment } from '../support/restoreEnvironment.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const CASES = [1, 2, 3].map((at) => `  - { id: c${at}, input: Hello ${at} }\n`).join('');

function workspace(more: string): string {
  return temporaryFolder({
    'live.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${CASES}`,
    'touchstone.yaml': `suites:
  polite:
    dataset: live.golden.yaml
    targets: [{ echo: true }]
    evaluators: [{ contains: welcome }]
    gate: { min_pass_rate: 0.8 }
deployments:
  support:
    kubernetes: { namespace: shop, deployment: support, service: support, http_route: support }
    suite: polite
    versions: { next: { image: "agent:2" } }
    steps: [50, 100]
    hold: 2s
    min_samples: 3
    ready_within: 20s
    keep: 1s
    drain: 1s
    ${more}
`,
  });
}

const START = ['deploy', 'start', 'support', '--to', 'next', '--foreground'];
const CONFIRMED = [...START, '--yes', '--context', 'scripted'];

describe('a deployment to a cluster that the command itself controls', function () {
  this.timeout(120_000);
  const before = { ...process.env };
  let shop: Shop;
  afterEach(async () => {
    restoreEnvironment(before);
    await shop.close();
  });

  async function open(answer: string): Promise<void> {
    shop = await startShop();
    shop.server.proxied = () => ({ status: 200, body: JSON.stringify({ output: answer }) });
    process.env['KUBECONFIG'] = shop.kubeconfig;
  }

  it('brings a version to 100 % by the golden cases that it is asked', async () => {
    await open('You are welcome.');
    const root = workspace('evidence: { golden_cases: true, max_error_increase: 1 }');
    const { code, out, err } = await touchstone(root, ...CONFIRMED);
    assert.equal(code, 0, `${out}\n${err}`);
    assert.match(err, /steers: HTTPRoute shop\/support in context scripted/);
    assert.match(out, /golden cases/);
    assert.equal(shop.weights()['support'] ?? 0, 0);
  });

  it('rolls back what answers them badly', async () => {
    await open('No.');
    const root = workspace(
      'evidence: { golden_cases: true, max_error_increase: 1 }\n    undecided: rollback',
    );
    const { code, out } = await touchstone(root, ...CONFIRMED);
    assert.equal(code, 1, out);
    assert.match(out, /rolled back at step 1 of 2/);
    assert.equal(shop.weights()['support'], 100);
  });

  it('pauses without any evidence, and goes on where it was left', async () => {
    await open('You are welcome.');
    const root = workspace('undecided: pause');
    const { code, out } = await touchstone(root, ...CONFIRMED);
    assert.equal(code, 3, out);
    assert.match(out, /paused at step 1 of 2/);
    assert.equal(shop.weights()['support'], 50);
    const again = await touchstone(root, ...CONFIRMED);
    assert.equal(again.code, 3, again.out);
  });

  it('is left where it is by Ctrl-C, and says how it goes on', async () => {
    await open('You are welcome.');
    const root = workspace('undecided: pause');
    const started = startTouchstone(root, ...CONFIRMED);
    await new Promise<void>((resolve) => {
      started.child.stdout.on('data', (text: Buffer) => {
        if (text.includes('watching step 1')) resolve();
      });
    });
    started.kill('SIGINT');
    const { code, err } = await started.done;
    assert.equal(code, 130, err);
    assert.match(err, /the same command goes on with it/);
    assert.equal(shop.weights()['support'], 50);
  });

  it('needs the context by its name where nobody confirms it', async () => {
    await open('');
    const root = workspace('undecided: pause');
    const unnamed = await touchstone(root, ...START, '--yes');
    assert.deepEqual([unnamed.code, /Add: --context scripted/.test(unnamed.err)], [2, true]);
    const other = await touchstone(root, ...START, '--yes', '--context', 'prod');
    assert.match(other.err, /--context prod was given, and scripted would be steered/);
    assert.deepEqual(shop.server.names('configmaps'), []);
  });
});
