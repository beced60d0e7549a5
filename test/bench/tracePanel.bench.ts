// How the trace panel bears 5,000 spans, in a real browser; measured by a program that knows the browser's types.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const program = path.join(import.meta.dirname, '..', 'webview', 'measureTrace.ts');
process.exitCode = spawnSync(process.execPath, [program], { stdio: 'inherit' }).status ?? 1;
