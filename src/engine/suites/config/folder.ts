import { type Dirent, readdirSync } from 'node:fs';

/** The names in a folder, sorted; none when it is missing or may not be read. */
export function namesIn(folder: string): string[] {
  return entriesOf(folder).map((entry) => entry.name);
}

/** The entries of a folder, sorted by name; none when it is missing or may not be read. */
export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
