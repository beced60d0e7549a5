import { defined } from '../../model/defined.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Verdict } from '../../model/result.ts';
import { ScriptError } from '../../processes/scripts/scriptCall.ts';
import type { EvaluationInput, Evaluator } from '../evaluator.ts';
import type { ScriptRunners } from '../scripts/scriptRunner.ts';
import { runWorkspaceScript, type WorkspaceScript } from '../scripts/workspaceScript.ts';
import { namedScores } from './namedScores.ts';

/** Everything that the verdict of one case is made of. */
export interface Measured {
  evaluators: readonly Evaluator[];
  evaluations: readonly Evaluation[];
  input: EvaluationInput;
}

/** Makes the verdict of a case in place of the rule over its evaluations. Rejects only with the signal's reason. */
export type CaseScoring = (
  measured: Measured,
  signal: AbortSignal,
) => Promise<Pick<Verdict, 'status' | 'score' | 'reason'>>;

const UNTRUSTED =
  'assertScoringFunction is JavaScript, which is not trusted to run; read it, then use --trust';

/**
 * promptfoo's `assertScoringFunction` (`AssertionsResult.testResult`): the script is told the mean of every metric and
 * `{ threshold, componentResults, tokensUsed }`, and what it returns as `{ pass, score, reason }` is the verdict. A score
 * beyond 0–1 counts as 0 or 1. A script that throws or returns something else is an error, and so is an assertion that
 * could not be measured: then the script is not asked.
 */
export function caseScoring(script: WorkspaceScript, runners: ScriptRunners | undefined): CaseScoring {
  return async (measured, signal) => {
    const broken = measured.evaluations.find(({ status, weight }) => status === 'error' && weight > 0);
    if (broken) return errored(`${broken.name}: ${broken.reason}`);
    if (!measured.evaluations.some(({ status }) => status === 'scored'))
      return errored('nothing was measured: no evaluator applies to this case');
    if (!runners) return errored(UNTRUSTED);

    try {
      const scope = { output: namedScores(measured.evaluations), context: contextOf(measured) };
      return verdictOf(await runWorkspaceScript(script, scope, runners, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ScriptError)) throw error;
      return errored(`assertScoringFunction: ${error.message}`);
    }
  };
}

function verdictOf(returned: JsonValue): Pick<Verdict, 'status' | 'score' | 'reason'> {
  const { pass, score, reason } = isJsonObject(returned) ? returned : {};
  if (typeof pass !== 'boolean' || typeof score !== 'number' || typeof reason !== 'string')
    return errored('assertScoringFunction must return { pass, score, reason }');
  return { status: pass ? 'passed' : 'failed', score: Math.min(1, Math.max(0, score)), reason };
}

function errored(reason: string): Pick<Verdict, 'status' | 'score' | 'reason'> {
  return { status: 'errored', score: null, reason };
}

function contextOf({ evaluators, evaluations, input }: Measured): JsonObject {
  const { threshold, assert = [] } = input.case;
  const byName = new Map(evaluations.map((evaluation) => [evaluation.name, evaluation]));
  const isComplete = assert.length === evaluators.length;
  const componentResults = evaluators.flatMap(({ spec }, index) => {
    const evaluation = byName.get(spec.name);
    if (evaluation?.status !== 'scored') return [];
    const written = isComplete ? assert[index] : undefined;
    if (spec.type === 'assert-set') return [component(evaluation), ...members(evaluation, written)];
    const type = spec.negated ? `not-${spec.type}` : spec.type;
    return [component(evaluation, written ?? { type, weight: spec.weight })];
  });

  return {
    ...defined({ threshold }),
    componentResults,
    tokensUsed: tokensOf(evaluations),
  };
}

/** An assertion of weight 0 passes, as in promptfoo; a set stands there without its assertion. */
function component(
  { pass, score, reason, weight }: { pass: boolean; score: number; reason: string; weight: number },
  assertion?: JsonObject,
): JsonObject {
  return { pass: pass || weight === 0, score, reason, ...defined({ assertion }) };
}

function members({ detail }: Evaluation & { status: 'scored' }, set: JsonObject | undefined): JsonObject[] {
  if (!Array.isArray(detail)) return [];

  const written = Array.isArray(set?.['assert']) ? set['assert'] : [];
  return detail.flatMap((member, index): JsonObject[] => {
    if (!isJsonObject(member) || member['status'] !== 'scored') return [];
    const { pass, score, reason, weight = 1 } = member;
    const assertion = written[index];
    const found = {
      pass: pass === true,
      score: Number(score),
      reason: String(reason),
      weight: Number(weight),
    };
    return [component(found, isJsonObject(assertion) ? assertion : undefined)];
  });
}

function tokensOf(evaluations: readonly Evaluation[]): JsonObject {
  let prompt = 0;
  let completion = 0;
  for (const evaluation of evaluations) {
    if (evaluation.status === 'skipped') continue;
    prompt += evaluation.usage?.inputTokens ?? 0;
    completion += evaluation.usage?.outputTokens ?? 0;
  }
  return { total: prompt + completion, prompt, completion };
}
