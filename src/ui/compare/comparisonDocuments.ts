import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { EngineClient } from '../engine/engineClient.ts';
import { expectationWords } from '../report/expectationWords.ts';
import { actualText } from '../report/resultTexts.ts';

const SCHEME = 'touchstone-comparison';

const trial = z.object({ target: z.string(), trial: z.int() });

/** Documents can be opened by their address from anywhere, so it is checked. */
const address = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('output'),
    id: z.string(),
    side: z.enum(['baseline', 'candidate']),
    caseId: z.string(),
    baseline: trial,
    candidate: trial,
  }),
  z.object({
    kind: z.literal('file'),
    id: z.string(),
    side: z.enum(['baseline', 'candidate']),
    path: z.string(),
  }),
]);
type Address = z.output<typeof address>;
export type SideName = Address['side'];

/** Read-only documents of what a side said, and of its files. */
export function registerComparisonDocuments(engine: EngineClient): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: async ({ query }, token) => {
      const wanted = address.parse(JSON.parse(query));
      if (wanted.kind === 'file') {
        const { id, side, path } = wanted;
        return (await engine.call('compare/file', { id, side, path }, token)).text ?? '';
      }
      const { id, caseId, baseline, candidate, side } = wanted;
      const pair = await engine.call('compare/pair', { id, caseId, baseline, candidate }, token);
      const result = pair[side];
      return result ? actualText(result, expectationWords()) : '';
    },
  });
}

/** Both outputs of a case in the diff editor. */
export async function openOutputDiff(
  of: Omit<Address & { kind: 'output' }, 'kind' | 'side'>,
  title: string,
): Promise<void> {
  const name = of.caseId.replace(/[^\w.-]+/g, '_').slice(0, 80) || 'case';
  const uri = (side: SideName) => toUri(`/${name}.${side}.txt`, { kind: 'output', side, ...of });
  await vscode.commands.executeCommand('vscode.diff', uri('baseline'), uri('candidate'), title);
}

/** A file of both sides in the diff editor; the workspace's own file where a side is the files as they are. */
export async function openFileDiff(
  engine: EngineClient,
  id: string,
  path: string,
  labels: { baseline: string; candidate: string },
): Promise<void> {
  const { root } = await engine.call('workspace/list', {});
  const uri = async (side: SideName) => {
    const { text, current } = await engine.call('compare/file', { id, side, path });
    const own = current && text !== null;
    return own
      ? vscode.Uri.joinPath(vscode.Uri.file(root), path)
      : toUri(`/${side}/${path}`, { kind: 'file', id, side, path });
  };
  const title = `${path} (${labels.baseline} ↔ ${labels.candidate})`;
  await vscode.commands.executeCommand('vscode.diff', await uri('baseline'), await uri('candidate'), title);
}

/** The path decides the language and the title only. */
function toUri(path: string, to: Address): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path, query: JSON.stringify(to) });
}
