import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { promptfooFormat } from '../../../../src/engine/promptfoo/promptfooFormat.ts';
import { discoverWorkspace } from '../../../../src/engine/suites/discovery/discoverWorkspace.ts';
import { loadWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const { signal } = new AbortController();
const noFile = { environment: fixedEnvironment({}), signal };
const dataset = 'schema_version: 2.0.0\n';

async function namesIn(
  root: string,
): Promise<{ prompts: string[]; datasets: string[]; promptfoo: string[] }> {
  const found = await discoverWorkspace(root, signal, promptfooFormat);
  const paths = (files: { path: string }[]) => files.map((file) => file.path);
  return {
    prompts: paths(found.prompts),
    datasets: paths(found.datasets),
    promptfoo: paths(found.foreignConfigs),
  };
}

describe('discoverWorkspace', () => {
  it('finds prompts, datasets and promptfoo suites by their names', async () => {
    const root = temporaryFolder({
      'a.prompty': '',
      'prompts/b.prompt': '',
      'prompts/c.prompt.yml': '',
      '.github/prompts/d.prompt.md': '',
      'skills/e/SKILL.md': '',
      'notes.md': '',
      'data/f.golden.jsonl': '',
      'datasets/g.yaml': `# cases\n---\n${dataset}`,
      'datasets/h.json': '{\n  "schema_version": "2.0.0"\n}',
      'datasets/i.jsonl': '{"schema_version":"2.0.0"}\n',
      'datasets/settings.yaml': 'colour: red\n',
      'other/j.yaml': dataset,
      'promptfooconfig.yaml': '',
    });
    assert.deepEqual(await namesIn(root), {
      prompts: [
        '.github/prompts/d.prompt.md',
        'a.prompty',
        'prompts/b.prompt',
        'prompts/c.prompt.yml',
        'skills/e/SKILL.md',
      ],
      datasets: ['data/f.golden.jsonl', 'datasets/g.yaml', 'datasets/h.json', 'datasets/i.jsonl'],
      promptfoo: ['promptfooconfig.yaml'],
    });
  });

  it('leaves out dependencies, build results, hidden folders and links', async () => {
    const root = temporaryFolder({
      'node_modules/x/a.prompty': '',
      'dist/a.prompty': '',
      '.git/a.prompty': '',
      '.touchstone/a.golden.yaml': '',
      'src/a.prompty': '',
    });
    symlinkSync(path.join(root, 'src'), path.join(root, 'linked'));
    assert.deepEqual((await namesIn(root)).prompts, ['src/a.prompty']);
  });

  it('says when a folder is deeper than what is looked at', async () => {
    const deep = 'a/b/c/d/e/f/g/h/i';
    const root = temporaryFolder({ [`${deep}/x.prompty`]: '', 'a/y.prompty': '' });
    const found = await discoverWorkspace(root, signal, promptfooFormat);
    assert.deepEqual([found.truncated, found.prompts.length], [true, 1]);
  });
});

describe('a workspace without a configuration', () => {
  async function suitesOf(files: { [path: string]: string }, model?: string) {
    const root = temporaryFolder(files);
    const { config, warnings, configPath } = await loadWorkspace({
      root,
      ...noFile,
      ...(model ? { model } : {}),
    });
    assert.equal(configPath, null);
    return {
      suites: config.suites.map((suite) => [
        suite.name,
        suite.datasets.map((file) => file.path),
        suite.targets.map(({ name, ...target }) => [
          name,
          target.kind === 'prompt' ? target.model : undefined,
        ]),
      ]),
      warnings: warnings.map(({ code, location }) => [code, location.path]),
    };
  }

  it('pairs every standalone prompt with the only dataset', async () => {
    const { suites } = await suitesOf(
      { 'a.prompty': '', 'b.prompt.yml': '', 'AGENTS.md': '', 'SKILL.md': '', 'cases.golden.yaml': dataset },
      'openai/m',
    );
    assert.deepEqual(suites, [
      [
        'cases',
        ['cases.golden.yaml'],
        [
          ['a', 'openai/m'],
          ['b', 'openai/m'],
        ],
      ],
    ]);
  });

  it('pairs by name, also what is no standalone prompt', async () => {
    const { suites, warnings } = await suitesOf({
      'prompts/answer.prompty': '',
      'prompts/Triage.prompt.yml': '',
      'skills/refund/SKILL.md': '',
      'answer.golden.yaml': dataset,
      'triage.golden.json': '',
      'refund.golden.jsonl': '',
      'alone.golden.yaml': dataset,
    });
    assert.deepEqual(suites, [
      ['answer', ['answer.golden.yaml'], [['answer', undefined]]],
      ['refund', ['refund.golden.jsonl'], [['refund', undefined]]],
      ['triage', ['triage.golden.json'], [['Triage', undefined]]],
    ]);
    assert.deepEqual(warnings, [['dataset-without-prompt', 'alone.golden.yaml']]);
  });

  it('gives datasets of one name suites of two', async () => {
    const { suites } = await suitesOf({ 'a.prompty': '', 'x/a.golden.yaml': '', 'y/a.golden.yaml': '' });
    assert.deepEqual(
      suites.map(([name]) => name),
      ['a', 'a-2'],
    );
  });

  it('makes nothing of nothing', async () => {
    assert.deepEqual(await suitesOf({}), { suites: [], warnings: [] });
  });
});
