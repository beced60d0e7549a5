import { z } from 'zod';
import type { GoldenCase } from '../model/case.ts';
import type { JsonValue } from '../model/json.ts';

const json = z.custom<JsonValue>((value) => value !== undefined);

const caseOptionsFile = z.object({
  prefix: z.string().exactOptional(),
  suffix: z.string().exactOptional(),
  /** JavaScript that changes the output, as an expression. */
  transform: z.string().exactOptional(),
  /** What an assertion reads beside the output; it is kept with the output. */
  keep: z.array(z.enum(['prompt', 'output', 'provider'])).exactOptional(),
  /** The output to judge; nothing is called then. */
  providerOutput: json.exactOptional(),
  /** The name under which later cases of the target read the output. */
  storeOutputAs: z.string().exactOptional(),
  /** Run by itself, before the others. */
  runSerially: z.literal(true).exactOptional(),
  /** Not told of the conversation. */
  disableConversationVar: z.literal(true).exactOptional(),
  /** Where its assertions hold templates that are filled in once the variables are known. */
  templates: z.array(z.array(z.union([z.string(), z.number()])).readonly()).exactOptional(),
  /** Why the case cannot be run. */
  unsupported: z.string().exactOptional(),
});

/** What a case of a promptfoo configuration says of how it is asked, beside its input; kept in it under `promptfoo`. */
export type CaseOptions = z.output<typeof caseOptionsFile>;

/** Of the case of any other configuration: none. */
export function caseOptions({ promptfoo }: GoldenCase): CaseOptions {
  return promptfoo === undefined ? {} : (caseOptionsFile.safeParse(promptfoo).data ?? {});
}
