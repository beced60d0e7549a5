// The same promptfooconfig.yaml by promptfoo and by Touchstone: echo provider, three deterministic assertions.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Measured, measureProcess } from '../support/measureProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const root = path.join(import.meta.dirname, '..', '..');
const peer = path.join(root, '.peers', 'promptfoo', 'node_modules', '.bin', 'promptfoo');
const cli = path.join(root, 'dist', 'cli.js');
const ROUNDS = 3;

function workspace(cases: number): string {
  const tests = Array.from({ length: cases }, (_, index) => ({
    vars: { text: `Hello number ${index}, the refund for order ${index * 7} is on its way.` },
  }));
  return temporaryFolder({
    'promptfooconfig.yaml': `prompts: ['{{text}}']
providers: [echo]
defaultTest:
  assert:
    - { type: contains, value: refund }
    - { type: icontains, value: ORDER }
    - { type: regex, value: 'number \\d+' }
tests: file://tests.json
`,
    'tests.json': JSON.stringify(tests),
  });
}

async function median(cases: number, run: (folder: string) => Promise<Measured>): Promise<Measured> {
  const rounds: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const folder = workspace(cases);
    const measured = await run(folder);
    if (measured.code !== 0) throw new Error(`exit code ${measured.code}\n${measured.out.slice(-2000)}`);
    rounds.push(measured);
  }
  rounds.sort((a, b) => a.wallMs - b.wallMs);
  const middle = rounds[Math.floor(ROUNDS / 2)];
  if (!middle) throw new Error('no round was run');
  return middle;
}

function ours(folder: string): Promise<Measured> {
  return measureProcess(process.execPath, [cli, 'eval', '-c', 'promptfooconfig.yaml', '--no-progress'], {
    cwd: folder,
  });
}

function theirs(folder: string): Promise<Measured> {
  const home = path.join(folder, 'home');
  mkdirSync(home);
  writeFileSync(path.join(home, '.keep'), '');
  const args = [
    'eval',
    '-c',
    'promptfooconfig.yaml',
    '--no-cache',
    '--no-table',
    '--no-progress-bar',
    '--no-share',
  ];
  return measureProcess(process.execPath, [peer, ...args], {
    cwd: folder,
    env: {
      HOME: home,
      PROMPTFOO_CONFIG_DIR: home,
      PROMPTFOO_DISABLE_TELEMETRY: '1',
      PROMPTFOO_DISABLE_UPDATE: '1',
      PROMPTFOO_DISABLE_REMOTE_GENERATION: '1',
      PROMPTFOO_FAILED_TEST_EXIT_CODE: '0',
    },
  });
}

if (!existsSync(peer)) {
  console.log(
    'skipped: promptfoo is not installed in .peers/promptfoo (npm install --prefix .peers/promptfoo promptfoo@0.123.1)',
  );
} else {
  console.log(`cases     promptfoo            touchstone           ratio of cases/s  of time  of memory`);
  for (const cases of [1_000, 10_000]) {
    const a = await median(cases, theirs);
    const b = await median(cases, ours);
    const show = ({ wallMs, peakBytes }: Measured): string =>
      `${(wallMs / 1000).toFixed(2)} s ${((peakBytes ?? 0) / 1e6).toFixed(0)} MB`.padEnd(20);
    const memory = a.peakBytes && b.peakBytes ? (b.peakBytes / a.peakBytes).toFixed(3) : 'unknown';
    console.log(
      `${String(cases).padEnd(9)} ${show(a)} ${show(b)} ${(a.wallMs / b.wallMs).toFixed(1).padStart(10)} ×      1/${(a.wallMs / b.wallMs).toFixed(1)}    ${memory}`,
    );
  }
  console.log(
    'limits: 10,000 cases at least 20 × the cases per second with at most 0.2 of the memory; 1,000 cases at most 1/8 of the time, start included',
  );
}
