import type { EvaluatorDefinition } from '../evaluator.ts';
import { contains, icontains } from './contains.ts';
import { containsJson } from './containsJson.ts';
import { containsAll, containsAny, icontainsAll, icontainsAny } from './containsList.ts';
import { cost } from './cost.ts';
import { endsWith, startsWith } from './edges.ts';
import { equals, iequals } from './equals.ts';
import { finishReason } from './finishReason.ts';
import { forbiddenConcepts } from './forbiddenConcepts.ts';
import { containsHtml } from './html/containsHtml.ts';
import { isHtml } from './html/isHtml.ts';
import { isJson } from './isJson.ts';
import { isRefusal } from './isRefusal.ts';
import { isValidFunctionCall } from './isValidFunctionCall.ts';
import { isValidToolsCall } from './isValidToolsCall.ts';
import { javascript } from './javascript.ts';
import { latency } from './latency.ts';
import { length } from './length.ts';
import { maxScore } from './maxScore.ts';
import { pii } from './pii.ts';
import { python } from './python.ts';
import { regex } from './regex.ts';
import { secrets } from './secrets.ts';
import { skillUsed } from './skillUsed.ts';
import { containsSql } from './sql/containsSql.ts';
import { isSql } from './sql/isSql.ts';
import { stepCount } from './stepCount.ts';
import { toolArgsMatch } from './toolArgsMatch.ts';
import { toolCallF1 } from './toolCallF1.ts';
import { toolCalls } from './toolCalls.ts';
import { toolSequence } from './toolSequence.ts';
import { toolUsed } from './toolUsed.ts';
import { wordCount } from './wordCount.ts';
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
