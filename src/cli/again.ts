import path from 'node:path';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';

/** A command line that works when pasted into the shell in which this one was typed. */
export function againCommand(command: string, workspace: Workspace, cwd: string): string {
  const { configPath, root } = workspace;
  const config = configPath === null ? null : path.relative(cwd, path.join(root, configPath));
  if (config === null) return root === cwd ? command : `${command}   (in ${shellWord(root)})`;
  return config === 'touchstone.yaml' ? command : `${command} --config ${shellWord(config)}`;
}

/** In single quotes where a shell would interpret it. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
