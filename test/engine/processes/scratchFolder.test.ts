import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { makeScratchFolder } from '../../../src/engine/processes/scratchFolder.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('a scratch folder', () => {
  it('takes the place of those that killed processes left behind, and of no others', () => {
    const folder = temporaryFolder();
    const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
    const old = (name: string) => {
      mkdirSync(path.join(folder, name));
      utimesSync(path.join(folder, name), 1, 1);
      return name;
    };
    old(`touchstone-spans-${dead}-abcdef`);
    const kept = [
      old(`touchstone-spans-${process.pid}-abcdef`),
      old(`touchstone-revision-${dead}-abcdef`),
      old('mine'),
      `touchstone-spans-${dead}-linked`,
      `touchstone-spans-${dead}-recent`,
    ];
    symlinkSync(path.join(folder, 'mine'), path.join(folder, `touchstone-spans-${dead}-linked`));
    mkdirSync(path.join(folder, `touchstone-spans-${dead}-recent`));
    const made = makeScratchFolder(folder, 'touchstone-spans');
    assert.deepEqual(readdirSync(folder).sort(), [...kept, path.basename(made)].sort());
  });
});
