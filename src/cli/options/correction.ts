import { InvalidArgumentError, Option } from 'commander';

/** What a bulkhead used in the last hour, corrected by hand. */
export interface Correction {
  pool: string;
  /** Added; below 0, taken away. */
  change: { tokens: number } | { costUsd: number };
}

const FORM = /^([^=]+)=([+-]?\d+(?:\.\d+)?)(usd|tokens)$/i;

/** Repeatable: `--correct judge=-1.20usd --correct judge=-5000tokens`. */
export function correctOption(): Option {
  return new Option(
    '--correct <bulkhead=amount>',
    'correct what a bulkhead used in the last hour, such as judge=-1.20usd or judge=-5000tokens, repeatable',
  ).argParser((written: string, before: Correction[] = []) => [...before, readCorrection(written)]);
}

function readCorrection(written: string): Correction {
  const [, pool = '', amount = '', unit = ''] = FORM.exec(written) ?? [];
  if (unit === '')
    throw new InvalidArgumentError('expected BULKHEAD=AMOUNT with usd or tokens, such as judge=-1.20usd');
  const value = Number(amount);
  return { pool, change: unit.toLowerCase() === 'usd' ? { costUsd: value } : { tokens: value } };
}
