import type { z } from 'zod';
import { counted } from '../../model/figures.ts';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

/** What is wrong with an option, in words: `must not be empty`. */
export function issueText(issue: z.core.$ZodIssue): string {
  // An option may have words of its own, which say more.
  if (!/^(?:Invalid|Too (?:small|big):|Unrecognized)/.test(issue.message))
    return `is not valid: ${issue.message}`;
  switch (issue.code) {
    case 'invalid_type':
      return /received undefined/.test(issue.message)
        ? `is missing; it must be ${kindOf(issue.expected)}`
        : `must be ${kindOf(issue.expected)}`;
    case 'too_small':
      return sizeText(issue.origin, 'at least', Number(issue.minimum), issue.inclusive !== false);
    case 'too_big':
      return sizeText(issue.origin, 'at most', Number(issue.maximum), issue.inclusive !== false);
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return unionText(issue);
    case 'invalid_format':
      return 'is malformed';
    default:
      return `is not valid: ${issue.message.replace(/^Invalid input: /, '')}`;
  }
}

function kindOf(expected: string): string {
  return KINDS[expected] ?? expected;
}

/** Of the forms that an option may have, those that are of another kind by themselves. */
function unionText(issue: z.core.$ZodIssueInvalidUnion): string {
  const kinds = issue.errors.flatMap(([first]) =>
    first?.code === 'invalid_type' && first.path.length === 0 ? [kindOf(first.expected)] : [],
  );
  const form = kinds.length === 0 ? 'have another form' : `be ${[...new Set(kinds)].join(' or ')}`;
  const missing = issue.errors.some(([first]) => /received undefined/.test(first?.message ?? ''));
  return missing ? `is missing; it must ${form}` : `must ${form}`;
}

function sizeText(origin: string, bound: 'at least' | 'at most', size: number, inclusive: boolean): string {
  if (origin === 'string' || origin === 'array') {
    if (bound === 'at least' && size <= 1) return 'must not be empty';
    return `must have ${bound} ${origin === 'string' ? counted(size, 'character') : counted(size, 'entry', 'entries')}`;
  }
  if (inclusive) return `must be ${bound} ${size}`;
  return bound === 'at least' ? `must be more than ${size}` : `must be less than ${size}`;
}
