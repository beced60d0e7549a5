import * as vscode from 'vscode';
import { addDrafts } from '../datasets/addDrafts.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import type { TraceArgument } from './traceArgument.ts';

/**
 * Makes cases of spans or traces. Secrets and personal data in them are shown before anything is written, and then the edit of the
 * dataset, which the person applies. Throws PlainError.
 */
export async function addToDataset(
  spans: readonly TraceArgument[],
  { engine, preview }: { engine: EngineClient; preview: EditPreview },
): Promise<void> {
  const { t } = vscode.l10n;
  const asked = spans.map(({ traceId, spanId }) => ({ traceId, spanId: spanId ?? null }));
  const { cases, empty } = await engine.call('traces/cases', { spans: asked });
  if (cases.length === 0)
    throw new PlainError(
      t(
        'Nothing says what went in, so there is no case to make: {0}. Agents send it if their instrumentation records the content of messages.',
        empty.join(', '),
      ),
    );

  const left = empty.length > 0 ? [t('Without an input: {0}.', empty.join(', '))] : [];
  const titleOf = (count: string) => t('Add {0} from traces', count);
  await addDrafts(cases, { left, titleOf }, { engine, preview });
}
