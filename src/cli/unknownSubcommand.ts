import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { nearest } from '../engine/evaluators/options/optionCheck.ts';

/**
 * A word behind a command that has commands of its own, and is none of them: their default would take it for a folder, or only say that it
 * takes no words.
 */
export function refuseUnknownSubcommand(group: Command, chosen: Command, cwd: string): void {
  const [word] = group.args;
  const names = group.commands.map((command) => command.name());
  if (word === undefined || word.startsWith('-') || names.includes(word)) return;
  if (chosen.registeredArguments.length > 0 && isPath(word, cwd)) return;

  const guess = nearest(word, names)[0];
  const help = guess ? `Did you mean ${guess}?` : `Its commands are: ${names.join(', ')}.`;
  group.error(`error: unknown command '${word}' of '${group.name()}'\n(${help})`, {
    code: 'commander.unknownCommand',
  });
}

function isPath(word: string, cwd: string): boolean {
  return word.includes('/') || word.includes(path.sep) || existsSync(path.resolve(cwd, word));
}
