import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { FileError } from '../../engine/errors.ts';
import { statPath } from '../../engine/files/statPath.ts';
import { defined } from '../../engine/model/defined.ts';
import { counted } from '../../engine/model/figures.ts';
import type { Problem } from '../../engine/model/problem.ts';
import { releaseFile } from '../../engine/model/releaseFile.ts';
import { processEnvironment } from '../../engine/ports.ts';
import { promptfooFormat } from '../../engine/promptfoo/promptfooFormat.ts';
import { detectFormat } from '../../engine/prompts/detectFormat.ts';
import { listReleases } from '../../engine/releases/readRelease.ts';
import { unmeasuredLimitsOf } from '../../engine/runs/preparation/unmeasuredLimits.ts';
import { listWorkspace } from '../../engine/suites/discovery/listWorkspace.ts';
import { checkWorkspace, holdsConfig } from '../../engine/suites/loadWorkspace.ts';
import { validateFile } from '../../engine/suites/validateFiles.ts';
import { eachFile } from '../eachFile.ts';
import { EXIT } from '../exitCode.ts';
import { isConfigFile } from '../openWorkspace.ts';
import { configOption } from '../options/common.ts';
import { promptScope } from '../promptScope.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { problemLines } from '../views/problems.ts';

export interface ValidateOptions {
  config?: string;
  json?: boolean;
}

interface Checked {
  files: number;
  problems: Problem[];
}

/** `touchstone validate`: its arguments and options. */
export function addValidate(program: Command, act: RunAction): void {
  program
    .command('validate')
    .description(
      'check the configuration, prompts and datasets; shows every problem with file, line and column',
    )
    .argument('[paths...]', 'files or folders to check (default: the workspace)')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((paths, options) => act((io) => validate(paths, options, io)));
}

/** Exit code 2 when something has an error: it is the person's to mend. */
async function validate(paths: string[], options: ValidateOptions, io: Io): Promise<number> {
  const checked: Checked = { files: 0, problems: [] };
  const given = paths.length > 0 ? paths : [options.config ?? '.'];
  const isConfig = paths.length === 0 && options.config !== undefined;
  const { failed } = await eachFile(
    given,
    (entry) => checkPath(path.resolve(io.cwd, entry), { entry, isConfig }, checked, io.cwd),
    io,
  );
  const errors = checked.problems.filter(({ severity }) => severity === 'error').length;
  if (options.json) io.out(JSON.stringify(checked, null, 2));
  else print(checked, errors, io);
  if (checked.files === 0 && failed.length === 0) throw nothingFound(given);
  return errors + failed.length > 0 ? EXIT.userError : EXIT.passed;
}

/** Nothing that was checked is nothing that is right. */
function nothingFound(folders: readonly string[]): FileError {
  return new FileError(`no configuration, prompt or dataset in ${folders.join(', ')}`, {
    remedy: 'Name the files, or create some with: touchstone init',
  });
}

async function checkPath(
  absolute: string,
  { entry, isConfig }: { entry: string; isConfig: boolean },
  checked: Checked,
  cwd: string,
): Promise<void> {
  const found = statPath(absolute, entry);
  if (!found) throw new FileError('no such file or folder', { where: { path: entry } });
  if (found.isDirectory()) return checkFolder(absolute, undefined, checked, cwd);
  if (isConfigFile(absolute)) return checkFolder(path.dirname(absolute), absolute, checked, cwd);
  if (isConfig || isForeign(absolute)) return checkConfig(absolute, checked, cwd);
  const real = realpathSync(absolute);
  await checkFile(real, promptScope(real, realpathSync(cwd)).root, checked, cwd);
}

/** A configuration that is not called like one; a prompt or a dataset that has such keys is what its name says. */
function isForeign(absolute: string): boolean {
  return detectFormat(absolute) === undefined && holdsConfig(absolute, promptfooFormat);
}

/** The configuration by itself, from the folder from which `eval -c` reads it. */
async function checkConfig(absolute: string, checked: Checked, cwd: string): Promise<void> {
  const { signal } = new AbortController();
  const { root, workspace, problems } = await checkWorkspace({
    root: cwd,
    configPath: absolute,
    foreign: promptfooFormat,
    environment: processEnvironment,
    signal,
  });
  checked.files += 1;
  add(problems, root ?? workspace?.root ?? path.dirname(absolute), checked, cwd);
}

/** The configuration, and every prompt, dataset and release of its workspace. */
async function checkFolder(
  folder: string,
  configPath: string | undefined,
  checked: Checked,
  cwd: string,
): Promise<void> {
  const { signal } = new AbortController();
  const { workspace, problems } = await checkWorkspace({
    root: folder,
    foreign: promptfooFormat,
    environment: processEnvironment,
    signal,
    ...defined({ configPath }),
  });
  const isWithoutFile = workspace?.configPath === null;
  checked.files += isWithoutFile ? 0 : 1;
  add(problems, folder, checked, cwd);
  if (!workspace) return;
  const listing = await listWorkspace(workspace, signal);
  for (const file of [...listing.prompts.map((prompt) => prompt.path), ...listing.datasets])
    await checkFile(path.join(workspace.root, file), workspace.root, checked, cwd);
  checkReleases(workspace.root, checked, cwd);
  add(await unmeasuredLimitsOf(workspace, signal), workspace.root, checked, cwd);
}

/** Those that were changed since they were created, or cannot be read. */
function checkReleases(root: string, checked: Checked, cwd: string): void {
  for (const one of listReleases(root)) {
    checked.files += 1;
    if ('release' in one) continue;
    const { message, remedy, where = { path: releaseFile(one.name) } } = one.error;
    const location = { line: 1, column: 1, ...where };
    add(
      [{ severity: 'error', code: 'changed-release', message, location, ...defined({ remedy }) }],
      root,
      checked,
      cwd,
    );
  }
}

async function checkFile(file: string, root: string, checked: Checked, cwd: string): Promise<void> {
  const { signal } = new AbortController();
  checked.files += 1;
  add(await validateFile(file, { root, environment: processEnvironment, signal }), root, checked, cwd);
}

/** Problems name files from their workspace; a terminal wants them from where the person stands. */
function add(problems: readonly Problem[], root: string, checked: Checked, cwd: string): void {
  const show = <T extends { path: string }>(location: T): T => {
    const relative = path.relative(cwd, path.resolve(root, location.path));
    return { ...location, path: relative.startsWith('..') ? path.resolve(root, location.path) : relative };
  };
  for (const problem of problems)
    checked.problems.push({
      ...problem,
      location: show(problem.location),
      ...(problem.related
        ? { related: problem.related.map((other) => ({ ...other, location: show(other.location) })) }
        : {}),
    });
}

function print({ files, problems }: Checked, errors: number, io: Io): void {
  for (const line of problemLines(problems, io.style)) io.out(line);
  const warnings = problems.length - errors;
  const counts = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  const summary = `${counted(files, 'file')} checked: ${counts}`;
  io.out(errors > 0 ? io.style.red(summary) : io.style.green(summary));
}
