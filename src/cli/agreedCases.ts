import { UsageError } from '../engine/errors.ts';
import type { GoldenCase } from '../engine/model/case.ts';
import { counted } from '../engine/model/figures.ts';
import type { CaseProposal } from '../engine/traces/caseFromSpan.ts';
import type { SensitivePlace } from '../engine/traces/sensitiveData.ts';
import type { Io } from './terminal/io.ts';
import { sanitizeLine } from './terminal/sanitize.ts';

/** What becomes of secrets and personal data that are found in what is to be written to a dataset. */
export interface LeakOptions {
  redact?: boolean;
  keep?: boolean;
}

/**
 * The cases as the person wants them written: secrets and personal data are listed first, and nothing is written until they say what
 * becomes of them. Throws UsageError.
 */
export function agreedCases(
  proposals: readonly CaseProposal[],
  { redact = false, keep = false }: LeakOptions,
  io: Io,
): GoldenCase[] {
  if (redact && keep)
    throw new UsageError('--redact and --keep cannot be combined', { remedy: 'Use one of them.' });

  const found = proposals.flatMap(({ sensitive }) => sensitive);
  for (const { sensitive } of proposals)
    for (const place of sensitive)
      io.err(
        `${sanitizeLine(shownPath(place, sensitive))}: ${place.kind} ${sanitizeLine(hidden(place.value))}`,
      );
  if (found.length > 0 && !redact && !keep)
    throw new UsageError(
      `${counted(found.length, 'secret or personal detail', 'secrets or personal details')} found, so nothing was written`,
      { remedy: 'Replace them with --redact, or write them as they are with --keep.' },
    );

  return proposals.map((one) => (keep ? one.whole : one.redacted));
}

/** Keys may be what must not be shown. */
function shownPath({ path: at, inKey }: SensitivePlace, all: readonly SensitivePlace[]): string {
  const parts = at.map((part, index) => {
    const isFound = all.some(
      (place) =>
        place.inKey && place.path.length === index + 1 && place.path.every((key, depth) => key === at[depth]),
    );
    return isFound ? hidden(String(part)) : part;
  });
  return inKey ? `key of ${parts.slice(0, -1).join('.')}` : parts.join('.');
}

/** Enough to recognise it by. */
function hidden(value: string): string {
  return `${value.slice(0, 2)}…`;
}
