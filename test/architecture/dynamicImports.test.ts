import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';

const root = path.join(import.meta.dirname, '..', '..');
const IMPORT = /(?:\{ default: \w+ \} = await )?\bimport\('((?:@[^/']+\/)?[^./'][^/']*)[^']*'\)/g;

describe('packages that are loaded when needed', () => {
  it('are ES modules, or read through `default`: a bundle gives a CommonJS module no other name', () => {
    let found = 0;
    for (const file of globSync('src/**/*.ts', { cwd: root })) {
      const text = readFileSync(path.join(root, file), 'utf8');
      for (const [written, name = ''] of text.matchAll(IMPORT)) {
        if (name.startsWith('node:')) continue;
        found++;
        assert.ok(isModule(name) || written.startsWith('{ default:'), `${file}: ${written}`);
      }
    }
    assert.ok(found >= 2, `${found} imports`);
  });
});

function isModule(name: string): boolean {
  const file = path.join(root, 'node_modules', name, 'package.json');
  const { type, module, exports } = JSON.parse(readFileSync(file, 'utf8'));
  return type === 'module' || module !== undefined || JSON.stringify(exports ?? {}).includes('"import"');
}
