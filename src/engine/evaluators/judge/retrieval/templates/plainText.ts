/** Around a question that says itself in which words it wants its answer. */
export const TEXT_SYSTEM =
  'You do the task of the message below exactly as its instructions and examples show.';

export const TEXT_FORM = 'Answer in plain text, in the form of the examples, and add nothing else.';
