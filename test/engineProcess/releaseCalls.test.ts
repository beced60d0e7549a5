import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const SUITE = (name: string, wanted: string, gate = '    gate: { min_pass_rate: 1 }') => `  ${name}:
    dataset: cases.golden.yaml
    targets: [{ echo: true }]
    evaluators: [{ contains: ${wanted} }]
${gate}
`;

function workspace(): string {
  return temporaryFolder({
    'touchstone.yaml': `suites:
${SUITE('good', 'Hello')}${SUITE('bad', 'Goodbye')}${SUITE('open', 'Hello', '')}gateway:
  routes:
    desk: { to: { url: "http://127.0.0.1:9" } }
deployments:
  desk: { route: desk, suite: good, versions: { newer: { url: "http://127.0.0.1:10" } } }
`,
    'cases.golden.yaml':
      'schema_version: 2.0.0\nversion: 1.2.0\ntest_cases:\n  - { id: one, input: Hello there }\n',
    'answer.prompty': '---\nname: Answer\nmodel: { id: gpt-5-mini }\n---\nsystem:\nBe kind.\n',
  });
}

const RELEASE = { prompt: 'answer.prompty', model: 'openai/gpt-5-mini', override: null };

describe('a release of the editor', () => {
  it('carries the gate of the run that approves it, as one of the terminal does', async () => {
    const root = workspace();
    await using window = await TestWindow.open(root);
    const { runId: run } = await window.run('good');
    assert.deepEqual(await window.call('release/approval', { run }), { unapproved: null });
    const { path: file } = await window.call('release/create', { ...RELEASE, name: 'kind-1', run });
    const text = readFileSync(path.join(root, file), 'utf8');
    assert.match(text, new RegExp(`run: ${run}`));
    assert.match(text, /gate: passed/);
    assert.match(text, /min_pass_rate/);
    assert.match(text, /version: 1\.2\.0/);
  });

  for (const [suite, reason] of [
    ['bad', /its gate failed/],
    // Every case passed; nobody has said that this is enough.
    ['open', /has no gate/],
  ] as const)
    it(`is not made of the run of a suite "${suite}" without a reason, which stays visible`, async () => {
      const root = workspace();
      await using window = await TestWindow.open(root);
      const { runId: run } = await window.run(suite);
      assert.match((await window.call('release/approval', { run })).unapproved ?? '', reason);
      const wanted = { ...RELEASE, name: 'kind-1', run };
      const failure = await window.failure('release/create', wanted);
      assert.match(failure.message, /does not approve a release/);
      assert.match(failure.message, reason);
      assert.equal(existsSync(path.join(root, 'releases')), false);

      await window.failure('release/create', { ...wanted, override: '  ' });
      await window.call('release/create', { ...wanted, override: 'hotfix, ticket 12' });
      const text = readFileSync(path.join(root, 'releases', 'kind-1.yaml'), 'utf8');
      assert.match(text, /override: hotfix, ticket 12/);
    });

  it('is offered for deployment with why it needs a reason', async () => {
    const root = workspace();
    await using window = await TestWindow.open(root);
    const [good, bad] = [await window.run('good'), await window.run('bad')];
    await window.call('release/create', { ...RELEASE, name: 'a-good', run: good.runId });
    await window.call('release/create', { ...RELEASE, name: 'b-bad', run: bad.runId, override: 'urgent' });
    await window.call('release/create', { ...RELEASE, name: 'c-none', run: null });
    const { deployments } = await window.call('deployment/choices', {});
    const versions = deployments[0]?.versions.map(({ to, unapproved }) => [to, unapproved]) ?? [];
    assert.deepEqual(versions.slice(0, 2), [
      ['newer', null],
      ['release/a-good', null],
    ]);
    assert.match(String(versions[2]?.[1]), /does not approve it .*its gate failed.*urgent/);
    assert.deepEqual(versions[3], ['release/c-none', 'release c-none was not evaluated']);
  });
});
