import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { SHARED_NAMES } from '../../scripts/lintRules.ts';
import { findCycles, readImports } from '../support/importGraph.ts';
import { ALLOWED, ATTRIBUTES, BASE, SHOWN } from './layerTable.ts';

const root = path.join(import.meta.dirname, '..', '..');

/** The folder (or single file) below src/engine that a module belongs to. */
function featureOf(module: string): string | undefined {
  const match = /^src\/engine\/([^/]+)/.exec(module);
  return match?.[1]?.replace(/\.ts$/, '');
}

describe('architecture', () => {
  const graph = readImports(root, 'src/**/*.ts');
  const engine = [...graph].filter(([file]) => file.startsWith('src/engine/'));

  it('is read as a whole: every relative import leads to a file of the graph', () => {
    const unresolved = [...graph].flatMap(([file, targets]) =>
      targets
        .filter((target) => /^src\//.test(target) && !graph.has(target))
        .map((target) => `${file} → ${target}`),
    );
    assert.ok(graph.size > 50);
    assert.deepEqual(unresolved, []);
  });

  it('has no import cycles', () => assert.deepEqual(findCycles(graph), []));

  it('keeps the features of the engine in their order', () => {
    const wrong = engine.flatMap(([file, targets]) =>
      targets.filter((target) => !mayImport(file, target)).map((target) => `${file} → ${target}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('keeps vscode out of the engine and the command line, and both out of the interface’s reach', () => {
    const wrong = [...graph].flatMap(([file, targets]) =>
      targets.filter((target) => isForbidden(file, target)).map((target) => `${file} → ${target}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('checks with the small zod what the window loads', () => {
    const ui = [...graph.keys()].filter((file) => file.startsWith('src/ui/'));
    assert.deepEqual(filesWith(ui, /^import (?!type\b).*'zod';$/m), []);
  });

  it('gives each file of the engine a name of its own; a judge and its template share theirs', () => {
    const names = engine
      .map(([file]) => file)
      .filter((file) => !file.includes('/templates/'))
      .map((file) => path.basename(file));
    const shared = names.filter((name, index) => names.indexOf(name) !== index);
    assert.deepEqual(
      shared.filter((name) => !SHARED_NAMES.includes(name)),
      [],
    );
  });

  it('ends a process only at its entry point', () => {
    // The texts of other programs, which run in processes of their own.
    const texts = ['src/engine/processes/scripts/nodeChild.ts'];
    const own = [...graph.keys()].filter((file) => !texts.includes(file));
    assert.deepEqual(filesWith(own, /\bprocess\.exit\(/), [
      'src/cli.ts',
      'src/engineProcess.ts',
      'src/services.ts',
    ]);
  });

  it('names attributes of telemetry in one file', () => {
    // Settings and views of the editor have names of the same form.
    const editor = /^src\/(ui\/|extension)/;
    const files = [...graph.keys()].filter((file) => file !== ATTRIBUTES && !editor.test(file));
    const literals = /['"](?:gen_ai\.|touchstone\.(?!yaml|db)|error\.type|service\.name|server\.)[\w.]*['"]/;
    assert.deepEqual(graph.get(ATTRIBUTES), []);
    assert.deepEqual(filesWith(files, literals), []);
  });

  it('reads clock, randomness and environment only through the ports', () => {
    const files = engine.map(([file]) => file).filter((file) => file !== 'src/engine/ports.ts');
    const clockAndChance =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.env\b|\bperformance\.now\(/;
    assert.deepEqual(filesWith(files, clockAndChance), []);
  });
});

function mayImport(file: string, target: string): boolean {
  const from = featureOf(file);
  const to = featureOf(target);
  if (from === undefined || to === undefined || from === to || target === ATTRIBUTES) return true;
  const allowed = ALLOWED[from];
  assert.ok(allowed, `src/engine/${from} is missing from test/architecture/layerTable.ts`);
  return allowed.includes(to) || (BASE.includes(to) && !BASE.includes(from));
}

function isForbidden(file: string, target: string): boolean {
  if (file.startsWith('src/engine/')) return target === 'vscode' || /^src\/(?!engine\/)/.test(target);
  if (file.startsWith('src/cli')) return target === 'vscode' || /^src\/(ui|webview|extension)/.test(target);
  if (file.startsWith('src/protocol/')) return target === 'vscode' || /^src\/(?!protocol\/)/.test(target);
  if (file.startsWith('src/engineProcess') || file.startsWith('src/services'))
    return target === 'vscode' || /^src\/(ui|cli|webview|extension)/.test(target);
  if (SHOWN.includes(target)) return false;
  return file.startsWith('src/ui/') && /^src\/(engine|engineProcess|services|cli)\b/.test(target);
}

function filesWith(files: readonly string[], pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(readFileSync(path.join(root, file), 'utf8')));
}
