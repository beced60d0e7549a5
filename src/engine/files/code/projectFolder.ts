import { existsSync } from 'node:fs';
import path from 'node:path';

/** The repository that a workspace is part of, whose code its programs may load; the workspace where it is in none. */
export function projectFolder(root: string): string {
  for (let at = root; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (at === path.dirname(at)) return root;
  }
}
