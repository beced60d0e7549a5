import { UsageError } from '../../engine/errors.ts';
import type { Io } from './io.ts';

const readline = process.getBuiltinModule('node:readline/promises');

export interface Confirmation {
  question: string;
  /** The person has said so on the command line. */
  isGiven: boolean;
  /** What to write on the command line in place of an answer. */
  instead: string;
}

/** Asks a person at a terminal. Without one, throws UsageError unless it was given: nobody is there to read the question. */
export async function confirm({ question, isGiven, instead }: Confirmation, io: Io): Promise<boolean> {
  if (isGiven) return true;
  if (process.stdin.isTTY !== true || io.progress.isTTY !== true)
    throw new UsageError('nobody is at this terminal to confirm it', { remedy: `Add ${instead}` });

  const asked = readline.createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asked.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asked.close();
  }
}
