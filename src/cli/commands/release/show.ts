import type { Command } from 'commander';
import { readRelease } from '../../../engine/releases/readRelease.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { releaseJson, releaseLines } from '../../views/releaseView.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface ShowOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone release show`: its arguments and options. */
export function addReleaseShow(release: Command, act: RunAction): void {
  release
    .command('show')
    .description('show a release: its prompt, model and settings')
    .argument('<name>', 'name of the release')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((name, options) => act((io) => show(name, options, io)));
}

async function show(name: string, options: ShowOptions, io: Io): Promise<number> {
  const root = workspaceFolder(undefined, options, io.cwd);
  const release = readRelease(root, name);
  if (options.json) io.out(JSON.stringify(releaseJson(release), null, 2));
  else for (const line of releaseLines(release, io)) io.out(line);
  return EXIT.passed;
}
