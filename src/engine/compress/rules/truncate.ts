import type { Rule } from '../rule.ts';

/** The last means: whole sentences and list items from the end, however much they say. */
export const truncate: Rule = {
  name: 'truncate',
  level: 'target',
  reason: 'the target leaves no room for the end',
  suggest: (message) =>
    message
      .removableUnits()
      .reverse()
      .map(({ removal }) => [{ ...removal, text: '' }]),
};
