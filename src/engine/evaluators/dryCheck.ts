import type { EvaluatorSpec } from '../model/evaluation.ts';
import { wholeClient } from '../models/clientForms.ts';
import type { Embedder } from '../models/embeddings/embeddings.ts';
import { ModelError } from '../models/modelClient.ts';
import type { EvaluatorDeps } from './evaluator.ts';
import { checkPattern } from './patterns/patternMatcher.ts';
import { createEvaluators } from './registry.ts';
import type { ScriptRunner } from './scripts/scriptRunner.ts';

/**
 * Creates an evaluator as a run would, and runs nothing: no model, script or file is needed. Throws the ConfigError or
 * UnsupportedEvaluatorError that the run would report. Options that stand in a file are left to the run.
 */
export function dryCheck(spec: EvaluatorSpec): void {
  const refersToFile = JSON.stringify(spec.options).includes('file://');
  if (!refersToFile && !SCHEMA_FILES.has(spec.type)) createEvaluators([spec], DRY);
}

/** Their schema may be the path of a file, without a sign before it. */
const SCHEMA_FILES: ReadonlySet<string> = new Set(['is-json', 'contains-json', 'assert-set']);

const runner: ScriptRunner = { run: () => Promise.reject(nothingRuns()), close: async () => {} };

const client = wholeClient({ provider: 'none', model: 'none' }, () => Promise.reject(nothingRuns()));

const embedder: Embedder = { provider: 'none', model: 'none', embed: () => Promise.reject(nothingRuns()) };

const DRY: EvaluatorDeps = {
  models: { client: () => client },
  judgeModel: 'none/none',
  embeddings: { embedder: () => embedder },
  embeddingsModel: 'none/none',
  patterns: {
    compile: (pattern, flags = '') => {
      checkPattern(pattern, flags);
      return { engine: 'linear', test: () => false };
    },
    close: async () => {},
  },
  scripts: { javascript: runner, modules: runner, python: runner },
  random: { next: () => 0, hex: (bytes) => '00'.repeat(bytes) },
  readFile: () => '',
};

function nothingRuns(): ModelError {
  return new ModelError('protocol', 'nothing runs during validation', { transient: false });
}
