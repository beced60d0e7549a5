import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

/** The first argument of `vscode.l10n.t(…)`, or of `t(…)` where that was taken out of it: a text in quotes. */
const CALL = /\bt\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g;
/** Calls of it, however the text is written. */
const ANY_CALL = /\bl10n\.t\(/g;

/** Every text that the extension shows from its code, as the editor wants them: a translation maps them to others. */
export function editorTexts(): { [text: string]: string } {
  const files = globSync(['src/ui/**/*.ts', 'src/extension.ts'], { cwd: root }).sort();
  const texts = files.flatMap((file) => textsOf(file, readFileSync(path.join(root, file), 'utf8')));
  return Object.fromEntries([...new Set(texts)].sort().map((text) => [text, text]));
}

/** Throws for a text that is put together: it cannot be translated. */
function textsOf(file: string, source: string): string[] {
  if (!source.includes('l10n')) return [];
  const literals = [...source.matchAll(CALL)].map(([, literal = "''"]) => literal);
  if (literals.length < [...source.matchAll(ANY_CALL)].length)
    throw new Error(`${file}: a text that is shown is not written as one literal`);
  return literals.map(unquoted);
}

function unquoted(literal: string): string {
  const inner = literal.slice(1, -1);
  return JSON.parse(
    `"${inner.replaceAll(String.raw`\'`, "'").replaceAll(/(?<!\\)"/g, String.raw`\"`)}"`,
  ) as string;
}
