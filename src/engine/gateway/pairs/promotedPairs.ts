import { liveOriginOf, storedPairs } from '../../compare/live/liveComparison.ts';
import { ResumeError, UsageError } from '../../errors.ts';
import type { ExpectedOutput, GoldenCase } from '../../model/case.ts';
import type { CaseComparison } from '../../model/comparison.ts';
import { defined } from '../../model/defined.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { RunStore } from '../../store/runStore.ts';
import { type CaseProposal, caseProposal, expectation } from '../../traces/caseFromSpan.ts';
import { NOT_KEPT } from './keptPair.ts';

/** Which pairs become cases; all where nothing is said. `better` and `worse` are of the candidate. */
export interface PairChoice {
  only?: 'changed' | 'better' | 'worse';
  /** Of the cases of the comparison. */
  ids?: readonly string[];
}

/** Whose answer becomes the expected one. */
export type PromotedAnswers = 'primary' | 'candidate' | 'none';

export interface PromotedPairs {
  /** In the order of their requests, to be looked at before they are written. */
  proposals: CaseProposal[];
  /** Pairs whose requests were not kept, as their route says. */
  notKept: number;
}

/**
 * The cases that pairs of a comparison make. An answer that is not whole becomes no reference. Throws ResumeError where there is no
 * such comparison, and UsageError for a pair that it does not have.
 */
export function promotedPairs(
  store: RunStore,
  runId: string,
  { only, ids, answers }: PairChoice & { answers: PromotedAnswers },
): PromotedPairs {
  const live = liveOriginOf(store.getRun(runId));
  if (!live)
    throw new ResumeError(`run ${runId} holds no live pairs`, {
      remedy: 'List the comparisons with: touchstone show --comparisons',
    });

  const cases = storedPairs(store, runId);
  const unknown = ids?.find((id) => !cases.some(({ caseId }) => caseId === id));
  if (unknown !== undefined)
    throw new UsageError(`run ${runId} has no pair ${unknown}`, {
      remedy: `See its pairs with: touchstone show ${runId}`,
    });

  const chosen = cases.filter((one) => (ids?.includes(one.caseId) ?? true) && isChosen(one, only));
  const proposals: CaseProposal[] = [];
  let notKept = 0;
  for (const { caseIndex } of chosen) {
    const entry = store.caseAt(runId, caseIndex)?.case;
    if (!entry) continue;
    if (entry.input === NOT_KEPT) notKept += 1;
    else {
      const results = answers === 'none' ? [] : store.resultsAt(runId, caseIndex);
      const answer = results.find(({ target }) => (target === live.baseline) === (answers === 'primary'));
      proposals.push(proposalOf(entry, runId, answer?.output));
    }
  }
  return { proposals, notKept };
}

function isChosen({ change }: CaseComparison, only: PairChoice['only']): boolean {
  switch (only) {
    case undefined:
      return true;
    case 'changed':
      return change === 'improved' || change === 'degraded';
    case 'better':
      return change === 'improved';
    case 'worse':
      return change === 'degraded';
  }
}

function proposalOf(entry: GoldenCase, runId: string, output: Output | undefined): CaseProposal {
  const { input, messages, cluster, metadata = {} } = entry;
  const { trace_id: traceId } = metadata;
  const origin: JsonObject = {
    run: runId,
    pair: entry.id,
    ...(traceId === undefined ? {} : { trace_id: traceId }),
  };
  const content = { ...defined({ input, messages, cluster }), ...expectation(expectedOf(output)) };
  return caseProposal(content, origin, 'from-live-traffic');
}

function expectedOf(output: Output | undefined): ExpectedOutput {
  if (output?.status !== 'complete') return {};
  const { text, toolCalls } = output;
  return {
    ...(text === '' ? {} : { answer: text }),
    ...(toolCalls.length === 0
      ? {}
      : { tool_calls: toolCalls.map(({ name, arguments: given }) => ({ name, arguments: given })) }),
  };
}
