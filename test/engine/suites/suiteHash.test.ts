import assert from 'node:assert/strict';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { loadWorkspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { suiteHash } from '../../../src/engine/suites/suiteHash.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

async function hashOf(rest: string, schema = '{}'): Promise<string> {
  const root = temporaryFolder({
    'touchstone.yaml': `suites: { s: { dataset: a.golden.yaml, targets: [{ echo: true }], ${rest} } }`,
    'a.golden.yaml': '',
    'answer.json': schema,
  });
  const options = { root, environment: fixedEnvironment({}), signal: new AbortController().signal };
  const [suite] = (await loadWorkspace(options)).config.suites;
  assert.ok(suite);
  return suiteHash(suite, (reference) => (reference === 'answer.json' ? schema : assert.fail(reference)));
}

describe('suiteHash', () => {
  const base = 'evaluators: [{ concepts: { min: 0.7 } }]';

  it('changes with everything that decides a verdict', async () => {
    const hashes = await Promise.all(
      [
        base,
        '',
        'evaluators: [{ concepts: { min: 0.8 } }]',
        'evaluators: [{ not-concepts: { min: 0.7 } }]',
        'evaluators: [{ concepts: { min: 0.7 }, weight: 2 }]',
        'evaluators: [is-json, { concepts: { min: 0.7 } }]',
        `${base}, threshold: 0.5`,
        `${base}, judge: openai/m`,
        `${base}, cascade: { mode: full }`,
        `${base}, cascade: { thresholds: { lexical: 0.5 } }`,
      ].map((rest) => hashOf(rest)),
    );
    assert.equal(new Set(hashes).size, hashes.length);
  });

  it('stays with everything else', async () => {
    const same = await Promise.all([
      hashOf(base),
      hashOf(`description: x, ${base}`),
      hashOf(`${base}, repeat: 5, seed: 3, max_concurrency: 9, gate: { min_pass_rate: 1 }`),
      hashOf(`${base}, cascade: { mode: cascade }`),
    ]);
    assert.equal(new Set(same).size, 1);
  });

  it('changes with a file that an evaluator reads', async () => {
    const rest = 'evaluators: [{ is-json: { schema: answer.json } }]';
    assert.notEqual(await hashOf(rest), await hashOf(rest, '{"type":"object"}'));
  });
});
