import type { Command } from 'commander';
import { diffReleases, type ReleaseDiff } from '../../../engine/releases/diffReleases.ts';
import { readRelease } from '../../../engine/releases/readRelease.ts';
import type { Release } from '../../../engine/releases/release.ts';
import { EXIT } from '../../exitCode.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitize, sanitizeLine } from '../../terminal/sanitize.ts';
import { renderTable } from '../../terminal/table.ts';
import { approvalLines } from '../../views/releaseView.ts';
import { workspaceFolder } from '../../workspaceFolder.ts';

interface DiffOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone release diff`: its arguments and options. */
export function addReleaseDiff(release: Command, act: RunAction): void {
  release
    .command('diff')
    .description('show what differs between two releases: settings, tools, evaluators, texts')
    .argument('<from>', 'name of the release that serves now')
    .argument('<to>', 'name of the release that is to follow it')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((from, to, options) => act((io) => diff(from, to, options, io)));
}

async function diff(from: string, to: string, options: DiffOptions, io: Io): Promise<number> {
  const root = workspaceFolder(undefined, options, io.cwd);
  const [before, after] = [readRelease(root, from), readRelease(root, to)];
  const found = diffReleases(before, after);
  if (options.json) io.out(JSON.stringify({ from, to, ...found }, null, 2));
  else for (const line of diffLines(before, after, found, io)) io.out(line);
  return EXIT.passed;
}

function diffLines(before: Release, after: Release, found: ReleaseDiff, io: Io): string[] {
  const { settings, texts, sameContent } = found;
  const rows = settings.map(({ name, from, to }) => [name, shown(from), shown(to)].map(sanitizeLine));
  const [head = '', ...body] = renderTable(
    [{ title: 'setting' }, { title: before.name }, { title: after.name }],
    rows,
  );
  return [
    ...[before, after].flatMap((release) => approvalLines(release, io)),
    ...(sameContent ? ['the same content: they answer alike'] : []),
    ...(rows.length > 0 ? ['', io.style.dim(head), ...body] : []),
    ...texts.flatMap(({ message, diff: text }) => [
      '',
      io.style.dim(message),
      ...sanitize(text.trimEnd()).split('\n'),
    ]),
  ];
}

function shown(value: unknown): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
