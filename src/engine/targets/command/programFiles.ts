import path from 'node:path';
import { codeFiles, isFile, isInside } from '../../files/code/codeFiles.ts';
import { projectFolder } from '../../files/code/projectFolder.ts';

/**
 * Hashes of the code that a command runs, as far as it can be told: each argument that names a file, within the
 * repository the code of that file's folder, and what all of it imports. Of the folders that hold the workspace only
 * what is imported counts. Editing the agent therefore changes the target's hash; data files and installed packages do
 * not, nor does a program from elsewhere (programEnvironment.ts).
 * Returns path (relative to `root`, with `/`) → SHA-256, in the order of the paths.
 */
export function programFiles(
  command: readonly string[],
  { cwd, root }: { cwd: string; root: string },
): { [path: string]: string } {
  const project = projectFolder(root);
  const named = command.flatMap((argument, at) => {
    // `--import=./setup.mjs`, too.
    const paths = [argument, argument.replace(/^[^=]*=/, '')].map((each) => path.resolve(cwd, each));
    return [...new Set(paths)].filter((each) => isInside(project, each) || at > 0);
  });
  const modules = command.flatMap((argument, at) =>
    command[at - 1] === '-m' ? moduleCandidates(cwd, argument) : [],
  );
  const files = [...named, ...modules].filter(isFile);
  const folders = [
    ...files.map((file) => path.dirname(file)),
    ...named.filter((each) => isOutside(root, each)),
  ];
  return codeFiles({ files, folders: folders.filter((each) => !isAbove(root, each)) }, root, { cwd });
}

/** Data and code of the workspace are watched; of other folders, only what is named. */
function isOutside(root: string, folder: string): boolean {
  return folder !== root && !isInside(root, folder);
}

function isAbove(root: string, folder: string): boolean {
  return folder === root || isInside(folder, root);
}

/** `python -m agent.main` */
function moduleCandidates(cwd: string, name: string): string[] {
  const way = path.resolve(cwd, ...name.split('.'));
  return [`${way}.py`, path.join(way, '__main__.py'), path.join(way, '__init__.py')];
}
