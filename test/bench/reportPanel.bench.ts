// How the report page bears 50,000 results, in a real browser; measured by a program that knows the browser's types.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const program = path.join(import.meta.dirname, '..', 'webview', 'measureReport.ts');
process.exitCode = spawnSync(process.execPath, [program], { stdio: 'inherit' }).status ?? 1;
