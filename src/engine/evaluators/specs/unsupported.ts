import { UserError } from '../../errors.ts';
import type { SourceLocation } from '../../model/location.ts';

/** The suite asks for something that promptfoo has and this program does not; the evaluation is errored. */
export class UnsupportedEvaluatorError extends UserError {
  readonly type: string;

  constructor(type: string, where: SourceLocation | undefined, detail?: string) {
    super(`${detail ?? `the evaluator "${type}"`} is not supported`, {
      where,
      remedy: 'Remove it, or use a supported evaluator instead.',
    });
    this.type = type;
  }
}

/** promptfoo's assertion types that have no counterpart here. */
export const UNSUPPORTED_TYPES: ReadonlySet<string> = new Set([
  'agent-rubric',
  'classifier',
  'guardrails',
  'human',
  'moderation',
  'perplexity',
  'perplexity-score',
  'pi',
  'ruby',
  'search-rubric',
  'trace-error-spans',
  'trace-span-count',
  'trace-span-duration',
  'webhook',
]);
