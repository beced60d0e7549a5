import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasPeer, runPeer } from './peer.ts';

// Writes what promptfoo says of the conformance cases into recorded.json.
if (!hasPeer()) {
  process.stderr.write(
    'promptfoo is not installed: npm install --prefix .peers/promptfoo promptfoo@0.123.1\n',
  );
  process.exitCode = 1;
} else {
  const folder = import.meta.dirname;
  const trajectories = JSON.parse(readFileSync(path.join(folder, 'trajectories.json'), 'utf8'));
  const { promptfooVersion, verdicts, trajectories: judged } = await runPeer(folder, trajectories);
  const list = (items: unknown[]): string =>
    `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  const text = `{\n  "promptfooVersion": ${JSON.stringify(promptfooVersion)},\n  "verdicts": ${list(verdicts)},\n  "trajectories": ${list(judged)}\n}\n`;
  writeFileSync(path.join(folder, 'recorded.json'), text);
  process.stdout.write(
    `${verdicts.length} cases and ${judged.length} trajectories, promptfoo ${promptfooVersion}\n`,
  );
}
