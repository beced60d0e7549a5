import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withJudgeSuite } from './judges/suite.ts';
import { renderAll } from './nunjucks/peer.ts';
import { TEMPLATES, VARIABLES } from './nunjucks/templates.ts';
import { hasPeer, runPeer } from './peer.ts';
import type { Trajectory } from './trajectories.ts';

// Writes what promptfoo says of the conformance cases into recorded.json.
if (!hasPeer()) {
  process.stderr.write(
    'promptfoo is not installed: npm install --prefix .peers/promptfoo promptfoo@0.123.1\n',
  );
  process.exitCode = 1;
} else {
  await record(import.meta.dirname);
  await record(path.join(import.meta.dirname, 'python'));
  await record(path.join(import.meta.dirname, 'options'));
  await record(path.join(import.meta.dirname, 'ordered'));
  await record(path.join(import.meta.dirname, 'targets'));
  await record(path.join(import.meta.dirname, 'sql'));
  await withJudgeSuite(({ folder, goals }) =>
    record(path.join(import.meta.dirname, 'judges'), folder, goals),
  );
  recordTemplates();
}

/** What promptfoo says of `suite` goes into `recorded.json` of the folder. */
async function record(folder: string, suite = folder, goals?: readonly Trajectory[]): Promise<void> {
  const file = path.join(folder, 'trajectories.json');
  const given = goals ?? (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []);
  const { promptfooVersion, verdicts, trajectories } = await runPeer(suite, given);
  const list = (items: unknown[]): string =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  const text = `{\n  "promptfooVersion": ${JSON.stringify(promptfooVersion)},\n  "verdicts": ${list(verdicts)},\n  "trajectories": ${list(trajectories)}\n}\n`;
  writeFileSync(path.join(folder, 'recorded.json'), text);
  process.stdout.write(
    `${verdicts.length} cases and ${trajectories.length} trajectories, promptfoo ${promptfooVersion}\n`,
  );
}

/** What Nunjucks makes of each template; null for what it refuses. */
function recordTemplates(): void {
  const texts = renderAll(TEMPLATES, VARIABLES);
  const recorded = Object.fromEntries(TEMPLATES.map((template, index) => [template, texts[index] ?? null]));
  const file = path.join(import.meta.dirname, 'nunjucks', 'recorded.json');
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
  process.stdout.write(`${TEMPLATES.length} templates of Nunjucks\n`);
}
