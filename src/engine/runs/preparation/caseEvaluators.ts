import { ConfigError, UserError } from '../../errors.ts';
import type { Evaluator, EvaluatorDeps } from '../../evaluators/evaluator.ts';
import { createEvaluators } from '../../evaluators/registry.ts';
import { asksJudge } from '../../evaluators/specs/asksJudge.ts';
import { uniqueNames } from '../../evaluators/specs/names.ts';
import { parseAssertion } from '../../evaluators/specs/specs.ts';
import { evaluatorTypeName } from '../../evaluators/specs/typeNames.ts';
import type { GoldenCase, LocatedCase } from '../../model/case.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { JsonObject } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { impliedBy } from './caseLimits.ts';

export interface CaseEvaluatorOptions {
  specs: readonly EvaluatorSpec[];
  /** Whether an evaluator of the suite takes part in a case. */
  takesPart(spec: EvaluatorSpec, entry: GoldenCase): boolean;
  /** Leaves out evaluators of the stage `judge`, those of the cases too. */
  withoutJudge?: boolean;
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
  const wanted = (spec: EvaluatorSpec): boolean => !(options.withoutJudge && asksJudge(spec));
  const shared = createEvaluators(options.specs.filter(wanted), options.deps);
  const taken = shared.map(({ spec }) => spec);
  const cache = new Map<string, readonly Evaluator[]>();
  const compile = (assertions: readonly JsonObject[], location: SourceLocation): readonly Evaluator[] => {
    const key = JSON.stringify(assertions);
    const known = cache.get(key);
    if (known) return known;

    const { evaluators, usable } = compileAssertions(assertions, location, {
      taken,
      wanted,
      deps: options.deps,
    });
    // Why one cannot be used is said with its place, which is another one in the next case.
    if (!usable) return evaluators;

    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(key, evaluators);

    return evaluators;
  };

  const limits = limitEvaluators(options.deps);
  return ({ case: entry, location }) => {
    const suite = shared.filter(({ spec }) => options.takesPart(spec, entry));
    const own = entry.assert;
    const all = own === undefined || own.length === 0 ? suite : [...suite, ...compile(own, location)];
    if (entry.evaluation_criteria === undefined) return all;

    return [
      ...all,
      ...limits(
        impliedBy(
          entry,
          all.map(({ spec }) => spec),
        ),
      ),
    ];
  };
}

/** Those that measure limits of cases, each compiled once. */
function limitEvaluators(deps: EvaluatorDeps): (specs: readonly EvaluatorSpec[]) => Evaluator[] {
  const made = new Map<string, Evaluator[]>();
  return (specs) =>
    specs.flatMap((spec) => {
      const known = made.get(spec.name) ?? createEvaluators([spec], deps);
      made.set(spec.name, known);
      return known;
    });
}

interface AssertionContext {
  /** Evaluators whose names are not free. */
  taken: readonly EvaluatorSpec[];
  wanted(spec: EvaluatorSpec): boolean;
  deps: EvaluatorDeps;
}

/**
 * Names are unique among the case's own assertions and the suite's evaluators. The evaluators have no location:
 * cases that have the same assertions share them.
 */
function compileAssertions(
  assertions: readonly JsonObject[],
  location: SourceLocation,
  { taken, wanted, deps }: AssertionContext,
): { evaluators: Evaluator[]; usable: boolean } {
  let usable = true;
  const parsed = assertions.map((assertion) => attempt(() => parseAssertion(assertion, location)));
  const specs = parsed.map((result, index) => result.value ?? placeholder(assertions[index], location));
  const named = uniqueNames([...taken, ...specs]).slice(taken.length);
  const evaluators = named.flatMap((spec, index) => {
    if (!wanted(spec)) return [];
    const parseError = parsed[index]?.error;
    const created: Attempt<Evaluator | undefined> = parseError
      ? { error: parseError }
      : attempt(() => createEvaluators([spec], deps)[0]);
    if (created.value) return { ...created.value, spec: withoutLocation(created.value.spec) };
    usable = false;
    return unusable(spec, created.error ?? new ConfigError('the assertion cannot be used'));
  });
  return { evaluators, usable };
}

function withoutLocation({ location: _location, ...spec }: EvaluatorSpec): EvaluatorSpec {
  return spec;
}

interface Attempt<T> {
  value?: T;
  error?: UserError;
}

/** The value, or the error that a person caused; a bug is thrown on. */
function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof UserError) return { error };
    throw error;
  }
}

/** Types that ask a model in promptfoo, and are not known here. */
const JUDGES_ELSEWHERE: ReadonlySet<string> = new Set([
  'agent-rubric',
  'classifier',
  'guardrails',
  'moderation',
  'pi',
  'search-rubric',
]);

function placeholder(assertion: JsonObject | undefined, location: SourceLocation): EvaluatorSpec {
  const written = typeof assertion?.['type'] === 'string' ? assertion['type'] : 'assert';
  const type = evaluatorTypeName(written.replace(/^not-/, ''));
  return { type, name: written, negated: false, options: {}, weight: 1, location };
}

function unusable(spec: EvaluatorSpec, error: UserError): Evaluator {
  const stage = asksJudge(spec) || JUDGES_ELSEWHERE.has(spec.type) ? 'judge' : 'heuristic';
  return { spec, stage, evaluate: () => ({ status: 'error', reason: error.describe() }) };
}
