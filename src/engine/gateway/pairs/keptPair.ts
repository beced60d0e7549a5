import type { LocatedCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import type { JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RouteConfig } from '../../suites/gateway/gatewayConfig.ts';
import { findSensitive, redacted } from '../../traces/sensitiveData.ts';

type Keep = RouteConfig['keep'];

/** Stands where content was not to be kept. */
export const NOT_KEPT = '[not kept]';

/** A case as its route lets it be kept. */
export function keptCase(located: LocatedCase, keep: Keep): LocatedCase {
  if (keep === 'content') return located;

  const { input, messages, metadata = {}, tags = [], ...rest } = located.case;
  const { divergence, ...origin } = metadata;
  const asked = keep === 'none' ? { input: NOT_KEPT } : clean(defined({ input, messages }));
  return {
    ...located,
    case: {
      ...rest,
      // Its words were those of the input.
      id: `pair-${located.index + 1}`,
      ...asked,
      // Names of tools are what a model wrote.
      tags: clean([...tags]),
      metadata:
        keep === 'none' || divergence === undefined ? origin : { ...origin, divergence: clean(divergence) },
    },
  };
}

/** A result as its route lets it be kept, of a case that is kept so. What evaluators say may quote the answer. */
export function keptResult(
  result: TrialResult,
  { case: { id, tags = [] } }: LocatedCase,
  keep: Keep,
): TrialResult {
  if (keep === 'content') return result;

  const said = (text: string): string => (keep === 'none' ? NOT_KEPT : clean(text));
  const { output, evaluations, reason, settlement } = result;
  return {
    ...result,
    caseId: id,
    tags: [...tags],
    output: keep === 'none' ? withoutContent(output) : { ...output, ...clean(contentOf(output)) },
    reason: said(reason),
    settlement: { ...settlement, reason: said(settlement.reason) },
    evaluations: evaluations.map((evaluation) => withoutDetail(evaluation, said)),
  };
}

function withoutDetail(evaluation: Evaluation, said: (text: string) => string): Evaluation {
  const kept = { ...evaluation, reason: said(evaluation.reason) };
  if (kept.status !== 'skipped') delete kept.detail;
  return kept;
}

function withoutContent(output: Output): Output {
  const kept = {
    ...output,
    text: '',
    toolCalls: output.toolCalls.map(({ name }) => ({ name: clean(name), arguments: {} })),
    steps: output.steps.map(({ type, name }) => ({
      type,
      ...(name === undefined ? {} : { name: clean(name) }),
    })),
  };
  delete kept.warnings;
  delete kept.metadata;
  if (kept.status === 'complete') {
    delete kept.json;
    delete kept.raw;
  }
  if (kept.status === 'error') return { ...kept, error: { ...kept.error, message: NOT_KEPT } };
  return kept.status === 'incomplete' ? { ...kept, reason: NOT_KEPT } : kept;
}

function contentOf(output: Output) {
  const { text, toolCalls, steps, warnings, metadata } = output;
  const all = { text, toolCalls, steps, ...defined({ warnings, metadata }) };
  switch (output.status) {
    case 'complete':
      return { ...all, ...defined({ json: output.json, raw: output.raw }) };
    case 'incomplete':
      return { ...all, reason: output.reason };
    case 'error':
      return { ...all, error: output.error };
  }
}

/** Without secrets and personal data that are recognised. */
function clean<T>(value: T): T {
  const data: JsonValue = JSON.parse(JSON.stringify(value));
  return redacted(data, findSensitive(data)) as T;
}
