import type { JsonObject } from '../../model/json.ts';

/** Types whose value is a list, written with commas in a cell. */
const LIST_TYPES = new Set(['contains-all', 'contains-any', 'icontains-all', 'icontains-any']);

/** Types that have a threshold even when the cell gives none; 0.75 but for `similar`. */
const DEFAULT_THRESHOLDS = new Map<string, number>([
  ...[
    'answer-relevance',
    'classifier',
    'context-faithfulness',
    'context-recall',
    'context-relevance',
    'cost',
    'latency',
    'levenshtein',
    'perplexity-score',
    'perplexity',
    'rouge-n',
    'starts-with',
  ].map((type): [string, number] => [type, 0.75]),
  ['similar', 0.8],
]);

/** The other types of promptfoo 0.123; any other text in the cell is compared for equality. */
const OTHER_TYPES = `agent-rubric assert-set bleu contains contains-html contains-json contains-sql contains-xml conversation-relevance
  equals factuality finish-reason g-eval gleu guardrails human icontains is-html is-json is-refusal is-sql
  is-valid-function-call is-valid-openai-function-call is-valid-openai-tools-call is-xml javascript llm-rubric max-score
  meteor model-graded-closedqa model-graded-factuality moderation pi python regex ruby search-rubric select-best
  similar:cosine similar:dot similar:euclidean skill-used tool-call-f1 trace-error-spans trace-span-count
  trace-span-duration trajectory:goal-success trajectory:step-count trajectory:tool-args-match
  trajectory:tool-sequence trajectory:tool-used webhook word-count`;

/** A script: the prefix before its text. */
const SCRIPTS: readonly [prefix: string, type: string][] = [
  ['javascript:', 'javascript'],
  ['fn:', 'javascript'],
  ['eval:', 'javascript'],
  ['python:', 'python'],
  ['grade:', 'llm-rubric'],
  ['llm-rubric:', 'llm-rubric'],
];

/**
 * The assertion that a `__expected` cell of a promptfoo CSV file stands for: `type(threshold):value`, a script
 * behind its prefix, or else a text that the output must equal.
 */
export function parseExpected(cell: string): JsonObject {
  const text = cell.trim();
  const script = SCRIPTS.find(([prefix]) => text.startsWith(prefix));
  if (script) return { type: script[1], value: text.slice(script[0].length).trim() };
  if (/^file:\/\/.+\.[cm]?[jt]s(:\w+)?$/.test(text)) return { type: 'javascript', value: text };
  if (/^file:\/\/.+\.py(:\w+)?$/.test(text)) return { type: 'python', value: text };
  const match = assertionPattern().exec(text);
  const type = match?.[2];
  if (!match || type === undefined) return { type: 'equals', value: text };
  return { type: `${match[1] ?? ''}${type}`, ...typedValue(type, match[4]), ...threshold(type, match[3]) };
}

let pattern: RegExp | undefined;

/** `not-`, a type, a number in parentheses, and the value behind a colon. */
function assertionPattern(): RegExp {
  const types = [...LIST_TYPES, ...DEFAULT_THRESHOLDS.keys(), ...OTHER_TYPES.split(/\s+/)];
  pattern ??= new RegExp(`^(not-)?(${types.join('|')})(?:\\((\\d+(?:\\.\\d+)?)\\))?(?::([\\s\\S]*))?$`);
  return pattern;
}

function typedValue(type: string, value: string | undefined): JsonObject {
  if (value === undefined || value.trim() === '') return {};
  return { value: LIST_TYPES.has(type) ? splitList(value) : value.trim() };
}

function threshold(type: string, written: string | undefined): JsonObject {
  const fallback = DEFAULT_THRESHOLDS.get(type);
  // promptfoo reads the number only for these types.
  if (fallback === undefined) return {};
  return { threshold: written === undefined ? fallback : Number(written) };
}

/** Comma-separated values; one in double quotes may hold commas, with `""` or `\"` for a quote. */
function splitList(text: string): string[] {
  const item = /\s*(?:"((?:[^"\\]|""|\\[\s\S])*)"\s*(?=,|$)|([^,]*))(,|$)/y;
  const values: string[] = [];
  while (item.lastIndex < text.length) {
    const match = item.exec(text);
    if (!match) break;
    const quoted = match[1]?.replace(/""|\\(["\\])/g, (_, escaped: string | undefined) => escaped ?? '"');
    const value = quoted ?? (match[2] ?? '').trim();
    if (quoted !== undefined || value !== '') values.push(value);
  }
  return values;
}
