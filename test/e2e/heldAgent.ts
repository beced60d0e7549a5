import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Calls that are answered at once, before the agent waits. */
const ANSWERED = 20;

const PROGRAM = `import { appendFileSync, existsSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const file = (name) => new URL(name, import.meta.url);
appendFileSync(file('started'), '.');
const waits = statSync(file('started')).size > ${ANSWERED};
while (waits && existsSync(file('hold'))) await setTimeout(50);
await import('./main.mjs');
`;

/**
 * Lets the agent of a copy of the sample workspace answer a few calls and then wait, so that a run stays under way
 * for as long as somebody looks at it. Returns what lets it go on.
 */
export function holdAgent(workspace: string): () => void {
  const hold = path.join(workspace, 'agent', 'hold');
  writeFileSync(hold, '');
  writeFileSync(path.join(workspace, 'agent', 'held.mjs'), PROGRAM);
  const config = path.join(workspace, 'touchstone.yaml');
  const held = readFileSync(config, 'utf8')
    .replace('agent/main.mjs', 'agent/held.mjs')
    .replace('timeout_ms: 10000', 'timeout_ms: 120000');
  writeFileSync(config, held);
  return () => rmSync(hold);
}
