import { z } from 'zod';

/** As in promptfoo. */
export const retrievalThreshold = z.number().min(0).max(1).default(0.5);
