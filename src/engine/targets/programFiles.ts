import path from 'node:path';
import { codeFiles, isFile, isInside } from '../files/code/codeFiles.ts';

/**
 * Hashes of the code that a command runs, as far as it can be told: each argument that names a file of the workspace,
 * the code of that file's folder, and what all of it imports. Of the workspace's own folder only what is imported
 * counts. Editing the agent therefore changes the target's hash; data files and installed packages do not.
 * Returns path (relative to `root`, with `/`) → SHA-256, in the order of the paths.
 */
export function programFiles(
  command: readonly string[],
  { cwd, root }: { cwd: string; root: string },
): { [path: string]: string } {
  const files = command.flatMap((argument) => {
    // `--import=./setup.mjs`, too.
    const named = [argument, argument.replace(/^[^=]*=/, '')].map((each) => path.resolve(cwd, each));
    return [...new Set(named)].filter((file) => isInside(root, file) && isFile(file));
  });
  const modules = command.flatMap((argument, at) =>
    command[at - 1] === '-m' ? moduleCandidates(cwd, argument).filter(isFile) : [],
  );
  const entries = [...files, ...modules];
  const folders = [...new Set(entries.map((file) => path.dirname(file)))];
  return codeFiles({ files: entries, folders: folders.filter((folder) => isInside(root, folder)) }, root, {
    cwd,
  });
}

/** `python -m agent.main` */
function moduleCandidates(cwd: string, name: string): string[] {
  const way = path.resolve(cwd, ...name.split('.'));
  return [`${way}.py`, path.join(way, '__main__.py'), path.join(way, '__init__.py')];
}
