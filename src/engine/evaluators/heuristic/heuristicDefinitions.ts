import type { EvaluatorDefinition } from '../evaluator.ts';
import { cost } from './cost.ts';
import { finishReason } from './finishReason.ts';
import { containsHtml } from './html/containsHtml.ts';
import { isHtml } from './html/isHtml.ts';
import { javascript } from './javascript.ts';
import { containsJson } from './json/containsJson.ts';
import { isJson } from './json/isJson.ts';
import { latency } from './latency.ts';
import { pii } from './leaks/pii.ts';
import { secrets } from './leaks/secrets.ts';
import { maxScore } from './maxScore.ts';
import { python } from './python.ts';
import { containsSql } from './sql/containsSql.ts';
import { isSql } from './sql/isSql.ts';
import { contains, icontains } from './text/contains.ts';
import { containsAll, containsAny, icontainsAll, icontainsAny } from './text/containsList.ts';
import { endsWith, startsWith } from './text/edges.ts';
import { equals, iequals } from './text/equals.ts';
import { forbiddenConcepts } from './text/forbiddenConcepts.ts';
import { isRefusal } from './text/isRefusal.ts';
import { length } from './text/length.ts';
import { regex } from './text/regex.ts';
import { wordCount } from './text/wordCount.ts';
import { isValidFunctionCall } from './tools/isValidFunctionCall.ts';
import { isValidToolsCall } from './tools/isValidToolsCall.ts';
import { skillUsed } from './tools/skillUsed.ts';
import { stepCount } from './tools/stepCount.ts';
import { toolArgsMatch } from './tools/toolArgsMatch.ts';
import { toolCallF1 } from './tools/toolCallF1.ts';
import { toolCalls } from './tools/toolCalls.ts';
import { toolSequence } from './tools/toolSequence.ts';
import { toolUsed } from './tools/toolUsed.ts';
import { containsXml } from './xml/containsXml.ts';
import { isXml } from './xml/isXml.ts';

/** Evaluators that look at the output alone and cost nothing. */
export const HEURISTIC: readonly EvaluatorDefinition[] = [
  equals,
  iequals,
  contains,
  icontains,
  containsAny,
  containsAll,
  icontainsAny,
  icontainsAll,
  startsWith,
  endsWith,
  regex,
  isJson,
  containsJson,
  isXml,
  containsXml,
  isHtml,
  containsHtml,
  isSql,
  containsSql,
  length,
  wordCount,
  isRefusal,
  forbiddenConcepts,
  pii,
  secrets,
  latency,
  cost,
  finishReason,
  isValidToolsCall,
  isValidFunctionCall,
  toolCalls,
  toolCallF1,
  toolUsed,
  toolArgsMatch,
  toolSequence,
  stepCount,
  skillUsed,
  javascript,
  python,
  maxScore,
];
