import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const SAMPLE = path.join(import.meta.dirname, '..', '..', 'datasets');

/** What live answers are held to: evaluators that need no expected answer. */
const SUITE = `  live:
    description: Every answer of the live agent, as it is given.
    dataset: support.golden.yaml
    targets: [{ name: agent, command: [node, agent/main.mjs] }]
    evaluators:
      - { type: forbidden-concepts, name: no-evasion, value: [our website, not sure whether I may] }
    gate: { min_pass_rate: 0.8 }

`;

/** The sample workspace with a deployment over the agent at a port, copied into a folder. Returns the folder. */
export function createDeployWorkspace(olderPort: number, folder?: string): string {
  const root = folder ?? mkdtempSync(path.join(os.tmpdir(), 'touchstone-deploy-'));
  cpSync(SAMPLE, root, { recursive: true, filter: (file) => path.basename(file) !== '.touchstone' });
  const file = path.join(root, 'touchstone.yaml');
  const deploy = readFileSync(path.join(SAMPLE, 'agent-deploy', 'deploy.yaml'), 'utf8');
  const before = readFileSync(file, 'utf8').replace(/^suites:\n/m, `suites:\n${SUITE}`);
  writeFileSync(file, `${before.trimEnd()}\n\n${deploy.replaceAll('OLDER_PORT', String(olderPort))}`);
  return root;
}
