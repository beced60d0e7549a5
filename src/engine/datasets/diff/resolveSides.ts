import { basename, dirname, extname, resolve } from 'node:path';
import { FileError, UsageError } from '../../errors.ts';
import { statPath } from '../../files/statPath.ts';
import type { DatasetOrigin } from './datasetVersion.ts';
import { readGitFile } from './gitFile.ts';

/** What a person may name as one side of a comparison. */
type Named =
  | { kind: 'file'; given: string; path: string }
  | { kind: 'git-file'; given: string }
  | { kind: 'revision'; given: string };

/**
 * Finds the two versions that a person means: files, `REVISION:path` as git has it, or a revision alone, whose
 * path is that of the other side. Throws UsageError when neither side names a file.
 */
export async function resolveSides(
  before: string,
  after: string,
  options: { cwd: string; signal: AbortSignal },
): Promise<[DatasetOrigin, DatasetOrigin]> {
  const sides = [classify(before, options.cwd), classify(after, options.cwd)] as const;
  return [await open(sides[0], sides[1], options), await open(sides[1], sides[0], options)];
}

function classify(given: string, cwd: string): Named {
  const path = resolve(cwd, given);
  const found = statPath(path, given);
  if (found?.isFile()) return { kind: 'file', given, path };
  // `C:\` on Windows is not a revision.
  if (given.includes(':') && !/^[a-z]:[\\/]/i.test(given)) return { kind: 'git-file', given };
  if (!/^\.(ya?ml|jsonc?|jsonl|ndjson)$/i.test(extname(given)) && !found) return { kind: 'revision', given };
  throw new FileError(found ? 'not a regular file' : 'the file does not exist', {
    where: { path: given },
    remedy: `Check the path. For a git revision, use for example HEAD:${given}`,
  });
}

async function open(
  side: Named,
  other: Named,
  options: { cwd: string; signal: AbortSignal },
): Promise<DatasetOrigin> {
  switch (side.kind) {
    case 'file':
      return { kind: 'file', label: side.given, path: side.path };
    case 'git-file':
      return { kind: 'text', label: side.given, text: await readGitFile(side.given, options) };
    case 'revision':
      return openRevision(side.given, other, options);
  }
}

async function openRevision(
  revision: string,
  other: Named,
  options: { cwd: string; signal: AbortSignal },
): Promise<DatasetOrigin> {
  switch (other.kind) {
    case 'file': {
      const place = { ...options, cwd: dirname(other.path) };
      const text = await readGitFile(`${revision}:./${basename(other.path)}`, place);
      return { kind: 'text', label: `${revision}:${other.given}`, text };
    }
    case 'git-file': {
      const name = `${revision}:${other.given.slice(other.given.indexOf(':') + 1)}`;
      return { kind: 'text', label: name, text: await readGitFile(name, options) };
    }
    case 'revision':
      throw new UsageError(`neither ${revision} nor ${other.given} is a file`, {
        remedy:
          'Give a dataset on one side, for example: touchstone diff-dataset HEAD datasets/support.golden.yaml',
      });
  }
}
