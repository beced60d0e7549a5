// The extension in a real VS Code: what loading it costs, how long a large workspace takes to fill the Test Explorer,
// and how long the extension host stands still while results stream in, measured inside the extension host; then how
// long the engine process does.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { measureEngineStalls } from './engineStalls.ts';

const program = path.join(import.meta.dirname, '..', 'support', 'vscode', 'extensionHost.ts');
const folder = temporaryFolder();
const measured = path.join(folder, 'measured.txt');
const { status, stdout, stderr } = spawnSync(process.execPath, [program, '@bench'], {
  encoding: 'utf8',
  env: {
    ...process.env,
    TOUCHSTONE_BENCH: measured,
    TOUCHSTONE_ROOT: path.join(import.meta.dirname, '..', '..'),
  },
});
if (existsSync(measured)) process.stdout.write(readFileSync(measured, 'utf8'));
if (status !== 0) console.error(stdout, stderr);
await measureEngineStalls();
process.exitCode = status ?? 1;
