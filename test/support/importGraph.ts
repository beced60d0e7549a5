import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Which module imports which, by paths relative to the root; packages by their names. Types count too. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Static, re-exporting and dynamic imports, in the regular form that the formatter leaves. */
const IMPORTS = /(?:^(?:import|export)\b[^'";]*?\bfrom\s*|^import\s*|\bimport\(\s*)'([^']+)'/gm;

export function readImports(root: string, pattern: string): ImportGraph {
  const files = globSync(pattern, { cwd: root }).map((file) => file.split(path.sep).join('/'));
  return new Map(
    files.map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const targets = [...text.matchAll(IMPORTS)].map(([, target = '']) =>
        target.startsWith('.') ? path.posix.join(path.posix.dirname(file), target) : target,
      );
      return [file, targets];
    }),
  );
}

/** Each cycle once, as the list of its modules; found by depth-first search. */
export function findCycles(graph: ImportGraph): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) cycles.push([...trail.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}
