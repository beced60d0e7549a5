import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const environment = fixedEnvironment({ PATH: process.env['PATH'] ?? '' });
const { signal } = new AbortController();
export const ports = { environment, signal };

/** A repository whose workspace is the folder `app`, with two commits, and what was done since. */
export function repository(): { top: string; app: string; run(...args: string[]): string } {
  const top = realpathSync(
    temporaryFolder({ 'app/kept.txt': 'kept\n', 'app/gone.txt': 'gone', 'lib/x.mjs': '1' }),
  );
  const run = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: top,
        encoding: 'utf8',
      },
    ).trim();
  run('init', '--quiet');
  run('add', '--all');
  run('commit', '--quiet', '-m', 'first');
  write(top, 'app/kept.txt', 'kept\nlonger\n\n');
  write(top, 'app/new.txt', 'new');
  rmSync(path.join(top, 'app/gone.txt'));
  write(top, 'lib/x.mjs', '2');
  run('add', '--all');
  run('commit', '--quiet', '-m', 'second');
  return { top, app: path.join(top, 'app'), run };
}

export function write(root: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
}
