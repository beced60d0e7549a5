import path from 'node:path';
import { stageExtension } from './stageExtension.ts';

// For F5: the extension with source maps, where .vscode/launch.json looks for it.
const root = path.join(import.meta.dirname, '..');
stageExtension(root, path.join(root, '.vscode-test', 'extension'), { sourcemap: true });
