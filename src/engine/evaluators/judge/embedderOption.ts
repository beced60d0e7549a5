import { ConfigError } from '../../errors.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { Embedder } from '../../models/embeddings/embeddings.ts';
import type { EvaluatorDeps } from '../evaluator.ts';
import { modelReference } from './judgeOptions.ts';

/** An embedding comes quickly or not at all. */
export const EMBEDDING_TIMEOUT_MS = 60_000;

/** The model for embeddings that the option `key` names, else the suite's. Throws ConfigError where there is none. */
export function embedderOf(
  model: string | undefined,
  key: string,
  spec: EvaluatorSpec,
  deps: EvaluatorDeps,
): Embedder {
  const reference = model === undefined ? deps.embeddingsModel : modelReference(model);
  if (reference !== undefined && deps.embeddings) return deps.embeddings.embedder(reference);
  throw new ConfigError(`${spec.type} needs an embedding model, but none is set`, {
    where: spec.location,
    remedy: `Set embeddings: provider/model in the suite, or ${key} in the options of this evaluator.`,
  });
}
