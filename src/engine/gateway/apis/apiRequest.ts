import type { Message, ToolDefinition } from '../../model/message.ts';
import type { ApiName } from './apiName.ts';
import type { TokenCounts } from './tokenCounts.ts';

/** What the gateway reads of a request. A body that is not of the API's form is passed on all the same: what is not known is undefined. */
export interface ApiRequest {
  api: ApiName;
  model: string | undefined;
  stream: boolean;
  /** The client itself asked for the usage of a stream. */
  asksUsage: boolean;
  user: string | undefined;
  session: string | undefined;
  /** Values for a release's prompt, from the key `variables`, which no provider knows. */
  variables: { readonly [name: string]: unknown } | undefined;
  maxOutputTokens: number | undefined;
  /** Worked out when asked for. */
  messages(): readonly Message[];
  tools(): readonly ToolDefinition[];
  /** By the model's tokenizer; bounded work. */
  inputTokens(counts: TokenCounts): number;
}
