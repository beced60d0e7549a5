import type { Command } from 'commander';
import { listReleases } from '../../../engine/releases/readRelease.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { listedJson, releaseTable } from '../../views/releaseView.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface ListOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone release list`: its options. */
export function addReleaseList(release: Command, act: RunAction): void {
  release
    .command('list', { isDefault: true })
    .description('list the releases of the workspace')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((options) => act((io) => list(options, io)));
}

async function list(options: ListOptions, io: Io): Promise<number> {
  const root = workspaceFolder(undefined, options, io.cwd);
  const releases = listReleases(root);
  if (options.json) io.out(JSON.stringify(releases.map(listedJson), null, 2));
  else for (const line of releaseTable(releases, io)) io.out(line);
  return EXIT.passed;
}
