import assert from 'node:assert/strict';
import path from 'node:path';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { describeDataset, listWorkspace } from '../../../../src/engine/suites/discovery/listWorkspace.ts';
import { loadWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const example = path.join(import.meta.dirname, '../../../fixtures/suites/example');
const { signal } = new AbortController();
const load = (root: string) => loadWorkspace({ root, environment: fixedEnvironment({}), signal });

describe('listWorkspace', () => {
  it('lists suites, datasets and prompts', async () => {
    assert.deepEqual(await listWorkspace(await load(example), signal), {
      suites: [
        {
          name: 'support',
          datasets: ['datasets/support.golden.yaml'],
          location: { path: 'touchstone.yaml', line: 5, column: 3 },
          targets: [
            {
              name: 'agent',
              kind: 'command',
              takesModel: false,
              calls: 'node agent/main.mjs',
              location: { path: 'touchstone.yaml', line: 8, column: 9 },
            },
            {
              name: 'mini',
              kind: 'prompt',
              takesModel: true,
              calls: 'prompts/answer.prompty with openai/gpt-5-mini',
              location: { path: 'touchstone.yaml', line: 9, column: 9 },
              prompt: 'prompts/answer.prompty',
            },
          ],
          evaluators: ['is-json', 'concepts', 'rubric'],
          repeat: 3,
          hasGate: true,
        },
      ],
      datasets: ['datasets/support.golden.yaml'],
      prompts: [{ path: 'prompts/answer.prompty', name: 'answer', format: 'prompty' }],
      foreignConfigs: [],
      truncated: false,
    });
  });

  it('describes a dataset when asked, and says why one cannot be used', async () => {
    const workspace = await load(example);
    assert.deepEqual(await describeDataset(workspace, 'datasets/support.golden.yaml', signal), {
      path: 'datasets/support.golden.yaml',
      name: 'support',
      version: '1.0.0',
      schemaVersion: '2.0.0',
      count: 1,
    });
    const broken = await load(temporaryFolder({ 'a.golden.yaml': 'schema_version: 2.0.0\n' }));
    const details = await describeDataset(broken, 'a.golden.yaml', signal);
    assert.ok('problem' in details && details.problem.length > 0);
  });
});
