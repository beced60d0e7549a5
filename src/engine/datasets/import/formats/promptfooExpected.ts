import { defined } from '../../../model/defined.ts';
import type { JsonObject } from '../../../model/json.ts';

/** Types that promptfoo gives a threshold in a CSV cell, and the threshold where the cell has none. */
const WITH_THRESHOLD: ReadonlySet<string> = new Set([
  'answer-relevance',
  'classifier',
  'context-faithfulness',
  'context-recall',
  'context-relevance',
  'cost',
  'latency',
  'levenshtein',
  'perplexity',
  'perplexity-score',
  'rouge-n',
  'similar',
  'starts-with',
]);
const DEFAULT_THRESHOLD = 0.75;
const DEFAULT_SIMILARITY = 0.8;

const LISTS = /^i?contains-(?:any|all)$/;
/** Types that a cell may name; any other text before a colon belongs to an expected text. */
const TYPES =
  'agent-rubric|answer-relevance|bleu|classifier|contains|contains-all|contains-any|contains-html|contains-json|contains-sql|contains-xml|context-faithfulness|context-recall|context-relevance|conversation-relevance|cost|equals|factuality|finish-reason|g-eval|gleu|guardrails|icontains|icontains-all|icontains-any|is-html|is-json|is-refusal|is-sql|is-valid-function-call|is-valid-openai-function-call|is-valid-openai-tools-call|is-xml|javascript|latency|levenshtein|llm-rubric|max-score|meteor|model-graded-closedqa|model-graded-factuality|moderation|perplexity|perplexity-score|pi|python|regex|rouge-n|ruby|search-rubric|select-best|similar|similar:cosine|similar:dot|similar:euclidean|skill-used|starts-with|tool-call-f1|trace-error-spans|trace-span-count|trace-span-duration|trajectory:goal-success|trajectory:step-count|trajectory:tool-args-match|trajectory:tool-sequence|trajectory:tool-used|webhook|word-count';
const TYPED = new RegExp(`^(not-)?(${TYPES})(?:\\((\\d+(?:\\.\\d+)?)\\))?(?::([\\s\\S]*))?$`);

/** The assertion in a cell of an `__expected` column: `type(threshold):value`, a script, or the expected text. */
export function assertionFromText(cell: string): JsonObject {
  const text = cell.trim();
  const script = /^(?:javascript|fn|eval):([\s\S]*)$/.exec(text)?.[1];
  if (script !== undefined) return { type: 'javascript', value: script.trim() };
  if (/^file:\/\/.*\.[cm]?[jt]s(?::[\w$]+)?$/.test(text)) return { type: 'javascript', value: text };

  const rubric = /^(?:grade|llm-rubric):([\s\S]*)$/.exec(text)?.[1];
  if (rubric !== undefined) return { type: 'llm-rubric', value: rubric.trim() };
  if (text.startsWith('python:') || /^file:\/\/.*\.py(?::|$)/.test(text)) {
    return { type: 'python', value: text.replace(/^python:/, '').trim() };
  }

  const typed = TYPED.exec(text);
  if (!typed) return { type: 'equals', value: text };

  const [, not = '', type = '', threshold, value] = typed;
  const written = `${not}${type}`;
  if (LISTS.test(type)) return { type: written, ...(value ? { value: commaSeparated(value) } : {}) };

  if (type === 'is-json' || type === 'contains-json') {
    return { type: written, ...defined({ value }) };
  }

  const own = value === undefined ? {} : { value: value.trim() };
  if (!WITH_THRESHOLD.has(type)) return { type: written, ...own };

  const fallback = type === 'similar' ? DEFAULT_SIMILARITY : DEFAULT_THRESHOLD;
  return { type: written, ...own, threshold: finiteNumber(threshold ?? '') ?? fallback };
}

/** The number in a cell; undefined for an empty cell or anything that is not wholly a number. */
export function finiteNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

/** Fields between commas; quotes keep a comma. The text itself where its quotes are not closed. */
function commaSeparated(text: string): string[] | string {
  const fields: string[] = [];
  let at = 0;
  const field = /[\s,]*(?:"((?:[^"\\]|\\.|"")*)"\s*(?=,|$)|([^,"\s][^,]*))/gy;

  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (!match) {
      if (/[^\s,]/.test(text.slice(at))) return text;
      break;
    }
    at = field.lastIndex;
    const quoted = match[1]?.replace(/\\(["\\])|""/g, (_, escaped: string | undefined) => escaped ?? '"');
    fields.push(quoted ?? (match[2] ?? '').trim());
  }

  return fields;
}
