// A JSON Lines dataset of a million cases from the file to the summary: time and memory.
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { measureProcess } from '../support/measureProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const CASES = Number(process.env.MILLION_CASES ?? 1_000_000);
const cli = path.join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const folder = temporaryFolder({
  'touchstone.yaml': `suites:
  million:
    dataset: cases.golden.jsonl
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: refund }]
    gate: { min_pass_rate: 1 }
`,
});
const file = openSync(path.join(folder, 'cases.golden.jsonl'), 'w');
writeSync(file, '{"schema_version":"2.0.0","version":"1.0.0"}\n');
for (let from = 0; from < CASES; from += 1000) {
  const lines = Array.from({ length: Math.min(1000, CASES - from) }, (_, index) =>
    JSON.stringify({
      id: `case-${from + index}`,
      input: `The refund for order ${from + index} is on its way.`,
    }),
  );
  writeSync(file, `${lines.join('\n')}\n`);
}
closeSync(file);
const { code, wallMs, peakBytes, out } = await measureProcess(
  process.execPath,
  [cli, 'eval', '--no-progress'],
  { cwd: folder },
);
if (code !== 0) throw new Error(out.slice(-2000));
console.log(
  `${CASES.toLocaleString('en-US')} cases in ${(wallMs / 1000).toFixed(1)} s (${(CASES / (wallMs / 1000)).toFixed(0)}/s), ` +
    `${((peakBytes ?? 0) / 1e6).toFixed(0)} MB resident at most; limit: 400 MB`,
);
