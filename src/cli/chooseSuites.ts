import path from 'node:path';
import { UsageError } from '../engine/errors.ts';
import { defined } from '../engine/model/defined.ts';
import { processEnvironment } from '../engine/ports.ts';
import { workspacePath } from '../engine/suites/config/fileReference.ts';
import type { SuiteConfig } from '../engine/suites/config/suiteConfig.ts';
import { promptFileSuite } from '../engine/suites/discovery/promptFileSuite.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';

/** The suites named on the command line, or those that use a named file; all if nothing was named. Throws UsageError. */
export function chooseSuites(
  { config }: Workspace,
  names: readonly string[],
  files: readonly string[],
): SuiteConfig[] {
  const unknown = names.filter((name) => !config.suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    throw new UsageError(`no such suite: ${unknown.join(', ')}`, {
      remedy: `Choose from: ${config.suites.map(({ name }) => name).join(', ')}`,
    });
  }
  const suites = config.suites.filter(
    (suite) =>
      (names.length === 0 || names.includes(suite.name)) &&
      (files.length === 0 || files.some((file) => mentions(suite, file))),
  );
  if (suites.length > 0) return suites;
  throw new UsageError(
    files.length > 0 ? `no suite uses ${files.join(', ')}` : 'nothing to run: no suite found',
    { remedy: 'Create one with: touchstone init' },
  );
}

/** A named prompt file that brings its own test data is a suite, also beside a configuration that leaves it out. */
export function addPromptFiles(
  { root, config, warnings }: Workspace,
  files: readonly string[],
  model?: string,
): void {
  for (const absolute of files) {
    if (config.suites.some((suite) => mentions(suite, absolute)) || !isWithin(root, absolute)) continue;
    const file = { path: workspacePath(root, absolute), absolute };
    const own = promptFileSuite(file, { root, environment: processEnvironment, ...defined({ model }) });
    if (!own) continue;
    config.suites.push(own.suite);
    warnings.push(...own.warnings);
  }
}

function isWithin(root: string, file: string): boolean {
  const way = path.relative(root, file);
  return !way.startsWith('..') && !path.isAbsolute(way);
}

function mentions(suite: SuiteConfig, file: string): boolean {
  const used = [
    ...suite.datasets,
    ...suite.targets.flatMap((target) => ('prompt' in target && target.prompt ? [target.prompt] : [])),
  ];
  return used.some(({ absolute }) => absolute === file);
}
