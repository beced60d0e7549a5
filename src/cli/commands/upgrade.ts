import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { upgradeDataset } from '../../engine/datasets/migrations/upgrade.ts';
import { readText } from '../../engine/files/readText.ts';
import { diffText } from '../../engine/files/text/diffText.ts';
import { writeAtomic } from '../../engine/files/writeAtomic.ts';
import { counted } from '../../engine/model/figures.ts';
import { systemRandom } from '../../systemRandom.ts';
import { EXIT } from '../exitCode.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitize, sanitizeLine } from '../terminal/sanitize.ts';

export interface UpgradeOptions {
  dryRun?: boolean;
}

/** `touchstone upgrade`: its arguments and options. */
export function addUpgrade(program: Command, act: RunAction): void {
  program
    .command('upgrade')
    .description('upgrade golden datasets to the newest schema in place, keeping comments and order')
    .argument('<files...>', 'golden datasets to upgrade')
    .option('--dry-run', 'show the changes without writing them')
    .action((files, options) => act((io) => upgrade(files, options, io)));
}

/** Brings each file to the newest schema; everything is checked before the first file is written. */
async function upgrade(files: string[], options: UpgradeOptions, io: Io): Promise<number> {
  const upgrades = [];
  for (const given of files) {
    const absolute = path.resolve(io.cwd, given);
    const before = readText(absolute, given);
    upgrades.push({ given, absolute, before, ...(await upgradeDataset({ path: given, text: before })) });
  }
  for (const { given, absolute, before, text, changes, from, to } of upgrades) {
    if (text === before) {
      io.out(`${sanitizeLine(given)}: already at schema ${to}`);
      continue;
    }
    if (options.dryRun) {
      io.out(sanitize(diffText(before, text, given)).trimEnd());
      io.out(
        `${sanitizeLine(given)}: ${from} → ${to}, ${counted(changes.length, 'change')} (nothing was written)`,
      );
      continue;
    }
    // A link is followed, so that it is its file that is replaced.
    writeAtomic(realpathSync(absolute), text, systemRandom);
    io.out(`${sanitizeLine(given)}: ${from} → ${to}, ${counted(changes.length, 'change')}`);
  }
  return EXIT.passed;
}
