import type { EvaluatorDefinition } from '../evaluator.ts';
import { bleu } from './bleu.ts';
import { concepts } from './concepts.ts';
import { gleu } from './gleu.ts';
import { levenshtein } from './levenshtein.ts';
import { meteor } from './meteor.ts';
import { rougeL } from './rougeL.ts';
import { rougeN } from './rougeN.ts';
import { tokenF1 } from './tokenF1.ts';

/** Evaluators that compare the words of the output with those of a reference. */
export const LEXICAL: readonly EvaluatorDefinition[] = [
  concepts,
  levenshtein,
  rougeN,
  rougeL,
  bleu,
  gleu,
  meteor,
  tokenF1,
];
