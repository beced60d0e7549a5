import type { SourceLocation } from '../../model/location.ts';
import type { PromptfooProgram } from '../scripts/promptfooProgram.ts';

/** One prompt of a promptfoo configuration. */
export interface PromptfooPrompt {
  /** As promptfoo calls it; filters of tests and providers refer to it. */
  label: string;
  id?: string;
  /** The label where promptfoo is started in the workspace's folder, not in that of the configuration. */
  longLabel?: string;
  /** Short, for the names of targets. */
  name: string;
  /** The template: a text, or a chat as JSON or YAML. */
  raw: string;
  location: SourceLocation;
  /** `raw` stands in a file as it is, from `location` on. */
  verbatim?: true;
  /** Writes the prompt; `raw` is then empty. */
  program?: PromptfooProgram;
  /** Its template or function reads the conversation so far, `_conversation`. */
  conversation?: true;
  /** Why it cannot be used, e.g. because it is a program of another language. */
  unsupported?: string;
}
