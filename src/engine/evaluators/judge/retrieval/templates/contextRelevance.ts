import type { JudgeTemplate } from '../../judgeMessages.ts';
import { TEXT_FORM, TEXT_SYSTEM } from './plainText.ts';

/** The text of promptfoo (MIT), which has it from Ragas (Es et al., 2023; Apache-2.0): the sentences of a context that a question needs. */
export const contextRelevanceTemplate: JudgeTemplate = {
  system: TEXT_SYSTEM,
  user: `Please extract relevant sentences from the provided context that is absolutely required answer the following query. If no relevant sentences are found, or if you believe the query cannot be answered from the given context, return the phrase "Insufficient Information".  While extracting candidate sentences you're not allowed to make any changes to sentences from given context.

query: {{query}}
context: {{context}}
candidate sentences:
`,
  form: TEXT_FORM,
};
