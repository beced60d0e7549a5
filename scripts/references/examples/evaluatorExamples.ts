import type { EvaluatorExample, JudgedExample } from './example.ts';
import { heuristicExamples } from './heuristic.ts';
import { judgeExamples } from './judge.ts';
import { lexicalExamples } from './lexical.ts';

/** An example for each type of evaluator. */
export const evaluatorExamples: { [type: string]: EvaluatorExample | JudgedExample } = {
  ...heuristicExamples,
  ...lexicalExamples,
  ...judgeExamples,
};
