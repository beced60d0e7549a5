import { existsSync } from 'node:fs';
import path from 'node:path';
import { isConfigFile } from './openWorkspace.ts';

/** Options that take several values, which may have taken paths behind them for more of those. */
interface Greedy {
  suite?: string[];
  filter?: string[];
  tag?: string[];
  output?: string[];
}

/**
 * Gives paths back that stand behind an option with several values, as in `--tag critical datasets/a.golden.yaml`.
 * The first value of an option is always its own. Behind `--output` a golden dataset or a configuration is never
 * taken for the name of a report, which would be written over it.
 */
export function withoutSwallowed<T extends Greedy>(
  paths: readonly string[],
  options: T,
  cwd: string,
): { paths: string[]; options: T } {
  const found: string[] = [];
  const rest = { ...options };
  for (const key of ['suite', 'filter', 'tag', 'output'] as const) {
    const [first, ...more] = options[key] ?? [];
    if (first === undefined) continue;
    const isPath = (value: string): boolean =>
      key === 'output' ? isInput(value, cwd) : looksLikePath(value) && exists(value, cwd);
    found.push(...more.filter(isPath));
    rest[key] = [first, ...more.filter((value) => !isPath(value))];
  }
  return { paths: [...paths, ...found], options: rest };
}

function isInput(value: string, cwd: string): boolean {
  if (!exists(value, cwd)) return false;
  return isConfigFile(value) || /\.golden\.\w+$/.test(value) || path.extname(value) === '';
}

function looksLikePath(value: string): boolean {
  return value.includes('/') || value.includes(path.sep) || path.extname(value) !== '' || value === '.';
}

function exists(value: string, cwd: string): boolean {
  return existsSync(path.resolve(cwd, value));
}
