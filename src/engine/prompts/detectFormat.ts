import { posix } from 'node:path';
import type { PromptFormat } from '../model/prompt.ts';

/** File names that mean one format in any folder. */
const NAMES: { [name: string]: PromptFormat } = {
  'skill.md': 'skill',
  'agents.md': 'instructions',
  'claude.md': 'instructions',
  'copilot-instructions.md': 'instructions',
};

/** Longest suffix first: `.prompt.md` is not a `.md`. */
const SUFFIXES: readonly [suffix: string, format: PromptFormat][] = [
  ['.instructions.md', 'instructions'],
  ['.prompt.yaml', 'github-prompt'],
  ['.prompt.yml', 'github-prompt'],
  ['_prompt.yaml', 'github-prompt'],
  ['_prompt.yml', 'github-prompt'],
  ['.prompt.md', 'copilot-prompt'],
  ['.skill.md', 'skill'],
  ['.agent.md', 'agent'],
  ['.prompty', 'prompty'],
  ['.prompt', 'dotprompt'],
];

/** Read as a prompt only when a suite names them: too many other files are called so. */
const PLAIN_SUFFIXES: readonly [suffix: string, format: PromptFormat][] = [
  ['.json', 'chat-json'],
  ['.jinja2', 'text'],
  ['.jinja', 'text'],
  ['.j2', 'text'],
  ['.txt', 'text'],
  ['.md', 'text'],
];

/**
 * The format implied by a file name, or undefined. With `plain`, `*.txt` and `*.md` are text prompts and `*.json` is a
 * chat array; a search through a workspace leaves it off.
 */
export function detectFormat(path: string, options: { plain?: boolean } = {}): PromptFormat | undefined {
  const file = posix.basename(path.replaceAll('\\', '/')).toLowerCase();
  if (Object.hasOwn(NAMES, file)) return NAMES[file];
  const suffixes = options.plain ? [...SUFFIXES, ...PLAIN_SUFFIXES] : SUFFIXES;
  return suffixes.find(([suffix]) => file.endsWith(suffix))?.[1];
}

/** The file name without its folder and prompt suffix: a prompt's name where the file gives none. */
export function nameFromPath(path: string): string {
  const file = posix.basename(path.replaceAll('\\', '/'));
  const known = [...SUFFIXES, ...PLAIN_SUFFIXES].find(([suffix]) => file.toLowerCase().endsWith(suffix));
  const name = known ? file.slice(0, -known[0].length) : file;
  return name === '' || Object.hasOwn(NAMES, file.toLowerCase()) ? folderName(path, file) : name;
}

/** `skills/refunds/SKILL.md` is called after its folder. */
function folderName(path: string, file: string): string {
  const folder = posix.basename(posix.dirname(path.replaceAll('\\', '/')));
  return folder === '' || folder === '.' ? file.replace(/\.[^.]*$/, '') : folder;
}
