import { cpSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createEngine } from '../../../src/engine/engine.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../src/engine/ports.ts';
import { promptfooFormat } from '../../../src/engine/promptfoo/promptfooFormat.ts';
import { loadWorkspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { type Verdict, withUniqueNames } from './verdict.ts';

/**
 * The cases' verdicts by this program, in the order of the tests. The folder itself is left as it is. With `packages`,
 * the folder has them as its node_modules.
 */
export async function runOurs(folder: string, packages?: string): Promise<Verdict[]> {
  const root = temporaryFolder();
  const { signal } = new AbortController();
  let draws = 0;
  cpSync(folder, root, { recursive: true });
  if (packages !== undefined) symlinkSync(packages, path.join(root, 'node_modules'), 'dir');
  const workspace = await loadWorkspace({
    root,
    foreign: promptfooFormat,
    environment: fixedEnvironment({}),
    signal,
  });
  const engine = createEngine(workspace, {
    clock: systemClock,
    random: { next: () => 0.5, hex: (bytes) => (draws++).toString(16).padStart(bytes * 2, '0') },
    environment: fixedEnvironment({ PATH: process.env['PATH'] ?? '' }),
    log: noLog,
    owner: { pid: process.pid, host: os.hostname(), started: null, alive: () => true },
    trust: { commands: true, scripts: true },
  });
  try {
    const found: { order: number; verdict: Verdict }[] = [];
    for (const { name } of workspace.config.suites) {
      for (const prepared of await engine.prepare(name, {}, signal)) {
        const listener = { onStart: () => {}, onResults: () => {} };
        const { report } = await engine.execute(prepared, listener, { signal });
        for (const result of report.results()) {
          const entry = report.caseAt(result.caseIndex)?.case;
          const order = Number(/^test-(\d+)/.exec(result.caseId)?.[1] ?? 0);
          const verdict = {
            name: entry?.description ?? result.caseId,
            pass: result.status === 'passed',
            score: result.score,
          };
          found.push({ order, verdict });
        }
      }
    }
    found.sort((a, b) => a.order - b.order);
    return withUniqueNames(found.map(({ verdict }) => verdict));
  } finally {
    engine.close();
  }
}
