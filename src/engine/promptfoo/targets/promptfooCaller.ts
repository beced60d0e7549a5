import type { ErrorPlace } from '../../errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { RenderedPrompt } from '../../model/prompt.ts';
import type { TargetCapabilities } from '../../targets/capabilities.ts';
import type { TargetContext, TargetRequest } from '../../targets/target.ts';

/** What a provider of promptfoo's does with a prompt. */
export interface PromptfooCaller {
  /** As Target has it. */
  kind: string;
  capabilities: TargetCapabilities;
  lane: string;
  /** Everything that decides what it answers; JSON. */
  identity: unknown;
  /** What it takes from outside, as Target has it. */
  environment?: { [name: string]: string };
  /** The call of its model that a prompt leads to; absent where no model is asked. */
  asks?: {
    maxTokens: number | undefined;
    /** Throws PromptError. */
    request(prompt: string, caseId: string): RenderedPrompt;
  };
  call(prompt: string, vars: JsonObject, request: TargetRequest, context: TargetContext): Promise<Output>;
  /** Ends what was kept for the next call. */
  close?(): void;
}

/** Who calls: `owner` begins the messages about it, e.g. `The target "mini"`. */
export interface CallerOwner {
  name: string;
  owner: string;
  where: ErrorPlace;
}
