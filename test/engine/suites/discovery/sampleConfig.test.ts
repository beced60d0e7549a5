import assert from 'node:assert/strict';
import { openDataset } from '../../../../src/engine/datasets/dataset.ts';
import type { LocatedCase } from '../../../../src/engine/model/case.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { sampleFiles } from '../../../../src/engine/suites/discovery/sampleConfig.ts';
import { loadWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder, writeFiles } from '../../../support/temporaryFolder.ts';

const options = { environment: fixedEnvironment({}), signal: new AbortController().signal };

/** Writes the sample into a folder and loads what comes of it. */
async function started(files: { [path: string]: string }) {
  const root = temporaryFolder(files);
  const sample = await sampleFiles(root, options);
  for (const { path } of sample) assert.ok(!Object.hasOwn(files, path), `${path} would be overwritten`);
  writeFiles(root, Object.fromEntries(sample.map(({ path, text }) => [path, text])));
  const { config, warnings } = await loadWorkspace({ root, ...options });
  assert.deepEqual(warnings, []);
  const [suite] = config.suites;
  const [target] = suite?.targets ?? [];
  assert.ok(suite?.datasets[0] && target?.kind === 'prompt');
  const dataset = await openDataset(suite.datasets[0].absolute, { root, signal: options.signal });
  return { written: sample.map(({ path }) => path), suite, target, dataset };
}

const prompty = (model: string) => `---
name: Greet
${model}inputs:
  who: { type: string }
---
user:
Greet {{who}}.
`;

describe('sampleFiles', () => {
  it('writes a suite, a prompt and a dataset into an empty folder', async () => {
    const { written, suite, target, dataset } = await started({});
    assert.deepEqual(written, ['touchstone.yaml', 'prompts/answer.prompty', 'datasets/answer.golden.yaml']);
    assert.equal(suite.name, 'answer');
    assert.equal(target.model, 'openai/gpt-5-mini');
    assert.equal(dataset.count, 3);
    assert.deepEqual(dataset.warnings, []);
  });

  it('builds on a prompt that is there, with its inputs and its model', async () => {
    const { written, target, dataset } = await started({
      'greet.prompty': prompty('model: { id: gpt-5-nano, provider: openai }\n'),
    });
    assert.deepEqual(written, ['touchstone.yaml', 'datasets/greet.golden.yaml']);
    assert.equal(target.prompt.path, 'greet.prompty');
    assert.equal(target.model, undefined);
    for await (const located of dataset.cases({ signal: options.signal })) {
      assert.deepEqual(located.case.input, { who: 'replace this by a real input' });
    }
  });

  it('builds on a prompt and a dataset of its name', async () => {
    const cases = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }]\n';
    const { written, suite } = await started({
      'greet.prompty': prompty(''),
      'a.golden.yaml': cases,
      'greet.golden.yaml': cases,
    });
    assert.deepEqual(written, ['touchstone.yaml']);
    assert.equal(suite.datasets[0]?.path, 'greet.golden.yaml');
  });

  it('writes a prompt for a dataset that is there', async () => {
    const { written } = await started({
      'support.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }]\n',
    });
    assert.deepEqual(written, ['touchstone.yaml', 'prompts/support.prompty']);
  });

  it('leaves a prompt alone that cannot be read', async () => {
    const { written } = await started({ 'broken.prompty': '---\nname: [\n' });
    assert.deepEqual(written.slice(1), ['prompts/answer.prompty', 'datasets/answer.golden.yaml']);
  });

  it('writes nothing where there is a configuration', async () => {
    assert.deepEqual(await sampleFiles(temporaryFolder({ 'touchstone.yaml': '' }), options), []);
  });

  it('keeps odd names apart from YAML', async () => {
    const { suite, target } = await started({ 'my prompts/été #1.prompty': prompty('') });
    assert.equal(target.prompt.path, 'my prompts/été #1.prompty');
    assert.match(suite.name, /^[A-Za-z0-9]/);
  });
});

describe('sampleFiles of a first evaluation', () => {
  it('hold what the person said, and run as they stand', async () => {
    const root = temporaryFolder({});
    const first = { asked: 'What is: "2 + 2"?', says: ['4', 'a "sum"'], model: 'vscode/copilot/gpt-5' };
    const files = await sampleFiles(root, { ...options, first });
    writeFiles(root, Object.fromEntries(files.map(({ path, text }) => [path, text])));
    const { config } = await loadWorkspace({ root, ...options });
    const [suite] = config.suites;
    assert.deepEqual(
      suite?.targets.map((target) => target.kind === 'prompt' && target.model),
      ['vscode/copilot/gpt-5'],
    );
    const dataset = await openDataset(`${root}/datasets/answer.golden.yaml`, {
      root,
      signal: options.signal,
    });
    const cases: LocatedCase[] = [];
    for await (const located of dataset.cases({ signal: options.signal })) cases.push(located);
    assert.deepEqual(
      cases.map(({ case: { input, expected_output } }) => [input, expected_output?.expected_concepts]),
      [[{ question: 'What is: "2 + 2"?' }, ['4', 'a "sum"']]],
    );
  });
});
