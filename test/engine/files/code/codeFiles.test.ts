import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { codeFiles } from '../../../../src/engine/files/code/codeFiles.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

/** Every file holds nothing but what is said here; `main` is where the program begins. */
const programs: { [what: string]: { files: { [file: string]: string }; loads: string[] } } = {
  'static imports and exports, transitively': {
    files: {
      'main.mjs': `import a from './a.mjs';`,
      'a.mjs': `export * from "./deep/b.js";`,
      'deep/b.js': '',
    },
    loads: ['a.mjs', 'deep/b.js'],
  },
  'imports for their effect, and dynamic ones': {
    files: { 'main.mjs': `import './a.mjs'; await import('./b.mjs');`, 'a.mjs': '', 'b.mjs': '' },
    loads: ['a.mjs', 'b.mjs'],
  },
  'require, without an ending and of a folder': {
    files: { 'main.cjs': `require('./a'); require('./lib')`, 'a.js': '', 'lib/index.js': '' },
    loads: ['a.js', 'lib/index.js'],
  },
  'data that is imported': {
    files: { 'main.mjs': `import data from './data.json' with { type: 'json' };`, 'data.json': '{}' },
    loads: ['data.json'],
  },
  'TypeScript under the name of what it becomes': {
    files: { 'main.ts': `import { a } from './a.js';`, 'a.ts': '' },
    loads: ['a.ts'],
  },
  'a circle': {
    files: { 'main.mjs': `import './a.mjs';`, 'a.mjs': `import './main.mjs';` },
    loads: ['a.mjs'],
  },
  'a worker by its address': {
    files: { 'main.mjs': `new Worker(new URL('./work.mjs', import.meta.url));`, 'work.mjs': '' },
    loads: ['work.mjs'],
  },
  'a path that is computed': {
    files: {
      'main.mjs': 'await import(`./tools/${name}.mjs`);',
      'tools/x.mjs': '',
      'tools/y.mjs': '',
      'no.mjs': '',
    },
    loads: ['tools/x.mjs', 'tools/y.mjs'],
  },
  'anything beside it': {
    files: { 'main.mjs': 'await import(name);', 'x.mjs': '', 'deep/y.py': '' },
    loads: ['x.mjs', 'deep/y.py'],
  },
  'packages by manifest and lock file': {
    files: { 'main.mjs': `import 'left-pad';`, 'package.json': '{}', 'package-lock.json': '{}' },
    loads: ['package.json', 'package-lock.json'],
  },
  'nothing installed for what Node brings': {
    files: { 'main.mjs': `import 'node:fs'; import path from 'path';`, 'package.json': '{}' },
    loads: [],
  },
  'modules of Python, absolute and relative': {
    files: {
      'main.py': 'import a, pkg.b as b\nfrom pkg import (c,\n  d)\n',
      'a.py': '',
      'pkg/__init__.py': 'from . import e\nfrom .sub.f import x\n',
      'pkg/b.py': '',
      'pkg/c.py': '',
      'pkg/d.py': 'from ..g import y\n',
      'pkg/e.py': '',
      'pkg/sub/f.py': '',
      'g.py': '',
      'no.py': '',
    },
    loads: [
      'a.py',
      'g.py',
      'pkg/__init__.py',
      'pkg/b.py',
      'pkg/c.py',
      'pkg/d.py',
      'pkg/e.py',
      'pkg/sub/f.py',
    ],
  },
  'modules of Python within a function, and by name': {
    files: {
      'main.py': `def f():\n    import helper\n    importlib.import_module('tools.x')\n`,
      'helper.py': '',
      'tools/x.py': '',
    },
    loads: ['helper.py', 'tools/x.py'],
  },
  'scripts that are named': {
    files: { 'main.sh': 'node "step.mjs"', 'step.mjs': `import './a.mjs'`, 'a.mjs': '' },
    loads: ['step.mjs', 'a.mjs'],
  },
};

describe('the code of a program', () => {
  for (const [what, { files, loads }] of Object.entries(programs))
    it(`is what it loads: ${what}`, () => {
      const folder = temporaryFolder(files);
      const [main = ''] = Object.keys(files);
      const found = Object.keys(codeFiles({ files: [path.join(folder, main)] }, folder));
      assert.deepEqual(found, [main, ...loads].sort());
    });

  it('takes in packages of the same workspace, and nothing outside of it', () => {
    const folder = temporaryFolder({
      'ws/main.mjs': `import '@x/lib'; import '../outside.mjs';`,
      'ws/packages/lib/index.mjs': '',
      'outside.mjs': '',
    });
    const root = path.join(folder, 'ws');
    mkdirSync(path.join(root, 'node_modules', '@x'), { recursive: true });
    symlinkSync(path.join(root, 'packages', 'lib'), path.join(root, 'node_modules', '@x', 'lib'), 'junction');
    const found = Object.keys(codeFiles({ files: [path.join(root, 'main.mjs')] }, root));
    assert.deepEqual(found, ['main.mjs', 'packages/lib/index.mjs']);
  });

  it('takes in what lies in the same repository, and what it is started with wherever that lies', () => {
    const folder = temporaryFolder({
      'repo/.git/HEAD': '',
      'repo/ws/main.mjs': `import '../lib/a.mjs'; import '../../outside.mjs';`,
      'repo/lib/a.mjs': `import './b.mjs';`,
      'repo/lib/b.mjs': '',
      'outside.mjs': '',
      'elsewhere/tool.mjs': '',
    });
    const root = path.join(folder, 'repo', 'ws');
    const files = [path.join(root, 'main.mjs'), path.join(folder, 'elsewhere', 'tool.mjs')];
    assert.deepEqual(Object.keys(codeFiles({ files }, root)), [
      '../../elsewhere/tool.mjs',
      '../lib/a.mjs',
      '../lib/b.mjs',
      'main.mjs',
    ]);
  });

  it('knows a large program by its content, since its size may stay', () => {
    const folder = temporaryFolder({ agent: '' });
    const file = path.join(folder, 'agent');
    const hashes = ['a', 'b', 'a'].map((last) => {
      writeFileSync(file, `${'x'.repeat(5 * 1024 * 1024)}${last}`);
      return codeFiles({ files: [file] }, folder)['agent'];
    });
    assert.equal(hashes[0], hashes[2]);
    assert.notEqual(hashes[0], hashes[1]);
  });
});
