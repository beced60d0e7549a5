import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Usage } from '../../model/output.ts';
import { ReplyProblem } from './toolCallForms.ts';

interface Form {
  input: string;
  output: string;
  /** Keys of the part that came from a cache or went into reasoning; a dot leads into an object. */
  cached?: readonly string[];
  reasoning?: readonly string[];
}

const FORMS: readonly Form[] = [
  {
    input: 'input_tokens',
    output: 'output_tokens',
    cached: ['cached_input_tokens', 'input_tokens_details.cached_tokens'],
    reasoning: ['reasoning_tokens', 'output_tokens_details.reasoning_tokens'],
  },
  {
    input: 'prompt_tokens',
    output: 'completion_tokens',
    cached: ['prompt_tokens_details.cached_tokens'],
    reasoning: ['completion_tokens_details.reasoning_tokens'],
  },
  {
    input: 'inputTokens',
    output: 'outputTokens',
    cached: ['cachedInputTokens', 'inputTokenDetails.cacheReadTokens'],
    reasoning: ['reasoningTokens', 'outputTokenDetails.reasoningTokens'],
  },
  { input: 'promptTokens', output: 'completionTokens' },
  { input: 'promptTokenCount', output: 'candidatesTokenCount', cached: ['cachedContentTokenCount'] },
];

/** Of Anthropic's form: parts of the input that `input_tokens` does not count. */
const CACHE_READ = 'cache_read_input_tokens';
const CACHE_WRITTEN = 'cache_creation_input_tokens';
/** As recordings keep it: `input_tokens` counts it. */
const CACHE_WRITE_PART = 'cache_write_tokens';

/** Alone they tell too little. */
const TOTALS = ['total_tokens', 'totalTokens', 'totalTokenCount'];

const ACCEPTED =
  'Accepted are { input_tokens, output_tokens }, { prompt_tokens, completion_tokens } (OpenAI) and { inputTokens, outputTokens } (AI SDK), in whole numbers.';

/**
 * Token counts in any of the accepted forms; `at` is where they stand. Null where one of the two counts is not
 * reported. Throws ReplyProblem for what is not understood.
 */
export function readUsage(value: JsonValue, at: string): Usage | null {
  if (value === null) return null;
  if (!isJsonObject(value)) throw new ReplyProblem(`"${at}" must be an object. ${ACCEPTED}`);

  const form = FORMS.find(({ input, output }) => Object.hasOwn(value, input) || Object.hasOwn(value, output));
  if (!form) return withoutCounts(value, at);

  const input = count(value, form.input, at);
  const output = count(value, form.output, at);
  const read = count(value, CACHE_READ, at);
  const written = count(value, CACHE_WRITTEN, at);
  const writtenPart = written ?? count(value, CACHE_WRITE_PART, at);
  const cached = read ?? firstCount(value, form.cached, at);
  const reasoning = firstCount(value, form.reasoning, at);
  if (input === null || output === null) return null;

  return {
    inputTokens: input + (read ?? 0) + (written ?? 0),
    outputTokens: output,
    ...defined({
      cachedInputTokens: cached ?? undefined,
      cacheWriteTokens: writtenPart || undefined,
      reasoningTokens: reasoning ?? undefined,
    }),
  };
}

function withoutCounts(value: JsonObject, at: string): null {
  const unknown = Object.keys(value).find((key) => !TOTALS.includes(key));
  if (unknown === undefined) return null;
  throw new ReplyProblem(`"${at}.${unknown}" is not understood. ${ACCEPTED}`);
}

function firstCount(value: JsonObject, keys: readonly string[] | undefined, at: string): number | null {
  for (const key of keys ?? []) {
    const found = count(value, key, at);
    if (found !== null) return found;
  }
  return null;
}

/** Null where it is not reported. */
function count(value: JsonObject, key: string, at: string): number | null {
  const found = key
    .split('.')
    .reduce<JsonValue | undefined>((inner, part) => (isJsonObject(inner) ? inner[part] : undefined), value);
  if (found === undefined || found === null) return null;
  if (typeof found === 'number' && Number.isSafeInteger(found) && found >= 0) return found;
  throw new ReplyProblem(`"${at}.${key}" must be a whole number from 0. ${ACCEPTED}`);
}
