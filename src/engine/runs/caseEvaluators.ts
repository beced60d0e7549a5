import { UserError } from '../errors.ts';
import type { Evaluator, EvaluatorDeps } from '../evaluators/evaluator.ts';
import { createEvaluators } from '../evaluators/registry.ts';
import { parseAssertion } from '../evaluators/specs.ts';
import type { GoldenCase, LocatedCase } from '../model/case.ts';
import type { EvaluatorSpec } from '../model/evaluation.ts';
import type { JsonObject } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';

export interface CaseEvaluatorOptions {
  specs: readonly EvaluatorSpec[];
  /** Whether an evaluator of the suite takes part in a case. */
  takesPart(spec: EvaluatorSpec, entry: GoldenCase): boolean;
  deps: EvaluatorDeps;
}

/** Compiled assertions of cases are kept up to this number, since cases often share them. */
const CACHE_SIZE = 1000;

/**
 * The evaluators of each case: the suite's, compiled once, and those of the case's own `assert`. An
 * assertion that cannot be used becomes an evaluator that reports the error: the case is errored, not passed.
 * Throws ConfigError when an evaluator of the suite cannot be used.
 */
export function caseEvaluators(options: CaseEvaluatorOptions): (entry: LocatedCase) => readonly Evaluator[] {
  const shared = createEvaluators(options.specs, options.deps);
  const assertions = new AssertionCache(options.deps);
  return ({ case: entry, location }) => {
    const suite = shared.filter(({ spec }) => options.takesPart(spec, entry));
    const own = entry.assert;
    return own === undefined || own.length === 0 ? suite : [...suite, ...assertions.compile(own, location)];
  };
}

class AssertionCache {
  readonly #deps: EvaluatorDeps;
  readonly #compiled = new Map<string, readonly Evaluator[]>();

  constructor(deps: EvaluatorDeps) {
    this.#deps = deps;
  }

  compile(assertions: readonly JsonObject[], location: SourceLocation): readonly Evaluator[] {
    const key = JSON.stringify(assertions);
    const known = this.#compiled.get(key);
    if (known) return known;
    const evaluators = assertions.map((assertion) => this.#compileOne(assertion, location));
    if (this.#compiled.size >= CACHE_SIZE) this.#compiled.clear();
    this.#compiled.set(key, evaluators);
    return evaluators;
  }

  #compileOne(assertion: JsonObject, location: SourceLocation): Evaluator {
    try {
      const [evaluator] = createEvaluators([parseAssertion(assertion, location)], this.#deps);
      if (evaluator) return evaluator;
      throw new Error('no evaluator was created');
    } catch (error) {
      if (error instanceof UserError) return unusable(assertion, location, error);
      throw error;
    }
  }
}

function unusable(assertion: JsonObject, location: SourceLocation, error: UserError): Evaluator {
  const type = typeof assertion['type'] === 'string' ? assertion['type'] : 'assert';
  return {
    spec: { type, name: type, negated: false, options: {}, weight: 1, location },
    stage: 'heuristic',
    evaluate: () => ({ status: 'error', reason: error.describe() }),
  };
}
