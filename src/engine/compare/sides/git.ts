import { execFile } from 'node:child_process';
import os from 'node:os';
import { UsageError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import type { Environment } from '../../ports.ts';
import { scrubbedEnvironment } from '../../targets/command/commandEnvironment.ts';

/** Largest answer that is taken, in bytes: lists of changed files, and one file to be shown. */
const MAX_BYTES = 16 * 1024 * 1024;

export interface GitOptions {
  /** The folder in which git is started. */
  folder: string;
  environment: Environment;
  signal: AbortSignal;
  /** An index of its own, so that the person's is not touched. */
  indexFile?: string;
  /** Keep the end of what it printed as it is: the text of a file. */
  whole?: boolean;
}

/**
 * Runs git and returns what it printed, or undefined when it exits with an error. Neither hooks nor a file
 * watcher of the repository are started, and nothing is asked. Throws UsageError where git is not installed.
 */
export function git(args: readonly string[], options: GitOptions): Promise<string | undefined> {
  const { folder, environment, signal, indexFile, whole } = options;
  const env = scrubbedEnvironment(environment, {
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    ...defined({ GIT_INDEX_FILE: indexFile }),
  });

  const quiet = ['-c', `core.hooksPath=${os.devNull}`, '-c', 'core.fsmonitor=false'];
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      [...quiet, ...args],
      { cwd: folder, env, signal, maxBuffer: MAX_BYTES },
      (error, stdout) => {
        if (!error) resolve(whole ? stdout : stdout.trimEnd());
        else if (signal.aborted) reject(signal.reason);
        else if (error.code === 'ENOENT') reject(notInstalled(error));
        else resolve(undefined);
      },
    );
  });
}

function notInstalled(cause: Error): UsageError {
  return new UsageError('git was not found', {
    remedy: 'Install git to compare with a revision, or compare stored runs, targets or models.',
    cause,
  });
}
