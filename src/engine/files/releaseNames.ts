import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isReleaseName, RELEASES_FOLDER } from '../model/releaseFile.ts';
import { statPath } from './statPath.ts';

/** Names of the files in `releases/` of a workspace, in order; whether they can be used is another question. */
export function releaseNames(root: string): string[] {
  const folder = path.join(root, RELEASES_FOLDER);
  if (!statPath(folder, RELEASES_FOLDER)?.isDirectory()) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .filter(isReleaseName)
    .sort();
}
