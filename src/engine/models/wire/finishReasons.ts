/** Finish reasons of OpenAI's form, and those that servers of other forms pass on, in lower case. */
const CUT: ReadonlySet<string> = new Set(['length', 'max_tokens', 'max_output_tokens', 'model_length']);
const FILTERED: ReadonlySet<string> = new Set(['content_filter', 'safety', 'recitation', 'refusal']);
const BROKEN: ReadonlySet<string> = new Set([
  'error',
  'abort',
  'aborted',
  'cancelled',
  'canceled',
  'timeout',
  'insufficient_system_resource',
  'engine_overloaded',
]);
const NATURAL: ReadonlySet<string> = new Set([
  'stop',
  'eos',
  'eos_token',
  'end',
  'end_turn',
  'stop_sequence',
  'stop_word',
  'complete',
  'completed',
  'finish_reason_stop',
]);
const UNFINISHED: ReadonlySet<string> = new Set(['tool_calls', 'tool_use', 'function_call', 'pause_turn']);

/**
 * How a reply ended: by itself, at its limit of tokens, by a filter, because the provider failed on the way, or to go on
 * with a tool; `other` for a reason that is not known.
 */
export type Ending = 'natural' | 'cut' | 'filtered' | 'broken' | 'unfinished' | 'other';

export function endingOf(finishReason: string): Ending {
  const reason = finishReason.toLowerCase();
  if (NATURAL.has(reason)) return 'natural';
  if (CUT.has(reason)) return 'cut';
  if (FILTERED.has(reason)) return 'filtered';
  if (BROKEN.has(reason)) return 'broken';
  return UNFINISHED.has(reason) ? 'unfinished' : 'other';
}
