import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { Problems } from '../../src/ui/language/problems.ts';
import { workspaceRoot } from './support/workspace.ts';

const problem = (file: string) => ({
  severity: 'error' as const,
  code: 'x',
  message: 'no',
  location: { path: file, line: 1, column: 1 },
});

describe('problems', () => {
  it('stand at the files that they speak of, wherever the configuration lies', () => {
    for (const config of ['sub/touchstone.yaml', path.join(workspaceRoot(), 'sub', 'touchstone.yaml')]) {
      const problems = new Problems({ config });
      problems.showAll([problem('a.golden.yaml'), problem('../b.golden.yaml')]);
      for (const file of ['sub/a.golden.yaml', 'b.golden.yaml']) {
        const found = vscode.languages.getDiagnostics(vscode.Uri.file(path.join(workspaceRoot(), file)));
        assert.deepEqual(
          found.map(({ message }) => message),
          ['no.'],
          `${file} of ${config}`,
        );
      }
      problems.dispose();
    }
  });
});
