import { execFile } from 'node:child_process';
import { FileError, UsageError } from '../../errors.ts';
import { decodeUtf8 } from '../../files/text/decode.ts';
import { excerpt } from '../../files/text/excerpt.ts';

/** The revision is there, and has no such file: the file is new since. */
export class NotInRevision extends UsageError {}

/** Largest file that is read from a revision, in bytes. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * The text of a file in a git revision. `name` has git's form `REVISION:path`; a path is relative to the repository
 * root or, if it starts with `./`, to `cwd`. Runs `git` without a shell, and only commands that run nothing else.
 * Throws UsageError for names that git does not know, and FileError for files that cannot be read.
 */
export async function readGitFile(
  name: string,
  options: { cwd: string; signal: AbortSignal },
): Promise<string> {
  refuseOption(name);
  const found = await git(['rev-parse', '--verify', '--quiet', name], options);
  const object = found.output.toString('latin1').trim();
  if (!found.ok || !/^[0-9a-f]{40,64}$/.test(object)) throw await explainMissing(name, options);

  // Not `git show`, which would run a configured text conversion.
  const blob = await git(['cat-file', 'blob', object], options);
  if (!blob.ok) {
    throw new FileError('git cannot read this file', {
      where: { path: name },
      remedy: `Choose a file of at most ${MAX_BYTES / 1024 / 1024} MB.`,
    });
  }

  return decodeUtf8(blob.output, name);
}

/** git would parse a name that starts with a hyphen as an option. */
function refuseOption(name: string): void {
  if (!name.startsWith('-') && !/[\0\n\r]/.test(name)) return;
  throw new UsageError(`'${excerpt(name)}' is not a revision`, {
    remedy: 'Use a git revision such as HEAD, main or v1.2.0.',
  });
}

async function explainMissing(
  name: string,
  options: { cwd: string; signal: AbortSignal },
): Promise<UsageError> {
  const inRepository = await git(['rev-parse', '--git-dir'], options);
  if (!inRepository.ok) {
    return new UsageError(`not a git repository, so there is no revision ${excerpt(name)}`, {
      remedy: 'Run the command inside a repository, or give two files.',
    });
  }

  const [revision = '', ...path] = name.split(':');
  const commit = await git(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], options);
  if (revision !== '' && !commit.ok) {
    return new UsageError(`no file or git revision named ${excerpt(revision)}`, {
      remedy: 'List revisions with: git log --oneline',
    });
  }

  return new NotInRevision(
    `${excerpt(revision || 'the index')} has no file ${excerpt(path.join(':'), 200)}`,
    {
      remedy:
        'A path in a revision is relative to the repository root; start it with ./ to make it relative to this folder.',
    },
  );
}

/** `ok`: git succeeded and its output is complete. */
function git(
  args: readonly string[],
  { cwd, signal }: { cwd: string; signal: AbortSignal },
): Promise<{ ok: boolean; output: Buffer }> {
  return new Promise((resolve, reject) => {
    const options = { cwd, signal, encoding: 'buffer', maxBuffer: MAX_BYTES, windowsHide: true } as const;
    execFile('git', ['--no-pager', ...args], options, (error, output) => {
      if (signal.aborted) reject(signal.reason);
      else if (error && error.code === 'ENOENT') reject(notInstalled(error));
      else resolve({ ok: error === null, output });
    });
  });
}

function notInstalled(cause: Error): UsageError {
  return new UsageError('git could not be started', {
    remedy: 'Install git to compare revisions, or give two files.',
    cause,
  });
}
