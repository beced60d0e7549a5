import type { ModelParameters } from '../../model/message.ts';

/** Sampling settings by our names, and by those of OpenAI's API. */
export const PARAMETERS: readonly (readonly [
  ours: Exclude<keyof ModelParameters, 'extra'>,
  theirs: string,
])[] = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['maxTokens', 'max_tokens'],
  ['seed', 'seed'],
  ['stop', 'stop'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['reasoningEffort', 'reasoning_effort'],
];
