import { z } from 'zod';

/** The models that evaluators ask where they name none, wherever evaluators are configured. */
export const judgingFields = {
  judge: z
    .string()
    .min(1)
    .optional()
    .describe('Model for judges that name none, as provider/model, such as openai/gpt-5-mini.'),
  embeddings: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Embedding model for evaluators that name none, as provider/model, such as openai/text-embedding-3-small.',
    ),
};
