import { caseFromSpan, caseFromTrace, sensitiveIn } from '../engine/traces/caseFromSpan.ts';
import { redacted } from '../engine/traces/sensitiveData.ts';
import type { OpenTrace } from '../engine/traces/traceReader.ts';
import { type CaseDraft, type CaseLeak, caseDraft } from '../protocol/traceCalls.ts';

export interface SpanCase {
  title: string;
  /** Null where nothing says what went in. */
  draft: CaseDraft | null;
  findings: CaseLeak[];
}

/** The case that a span makes, or a trace as a whole, and each secret or personal value in it once. */
export function spanCase({ tree, rows }: OpenTrace, spanId: string | null): SpanCase {
  const proposed = spanId === null ? caseFromTrace(tree) : caseFromSpan(tree, spanId);
  const title = (rows.find(({ id }) => id === spanId) ?? rows[0])?.title ?? tree.traceId;
  if (!proposed) return { title, draft: null, findings: [] };

  const { id: _, ...draft } = proposed.whole;
  const found = proposed.sensitive.map(({ kind, value }) => ({ kind, value }));
  const findings = [...new Map(found.map((leak) => [`${leak.kind} ${leak.value}`, leak])).values()];
  return { title, draft: caseDraft.parse(draft), findings };
}

/** A case without these values, wherever they were found in it. */
export function withoutLeaks(draft: CaseDraft, leaks: readonly CaseLeak[]): CaseDraft {
  const places = sensitiveIn(draft).filter((place) =>
    leaks.some(({ kind, value }) => kind === place.kind && value === place.value),
  );
  return redacted(draft, places);
}
