import type { Rule } from '../rule.ts';

/** The role and the task, with which a prompt begins. */
const FIRST_BLOCKS = 2;

/**
 * The last means: whole sentences and list items from the end, however much they say. The first sentences of the
 * first two paragraphs stay: they give the role and the task.
 */
export const truncate: Rule = {
  name: 'truncate',
  level: 'target',
  reason: 'the target leaves no room for the end',
  suggest: (message) =>
    message
      .removableUnits()
      .filter(({ first, block }) => !first || block > FIRST_BLOCKS)
      .reverse()
      .map(({ removal }) => [{ ...removal, text: '' }]),
};
