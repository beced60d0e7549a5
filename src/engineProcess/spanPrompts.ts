import path from 'node:path';
import { UserError } from '../engine/errors.ts';
import { resolveInside } from '../engine/files/confine.ts';
import { readText } from '../engine/files/readText.ts';
import type { SpanMessage } from '../engine/model/agentSpan.ts';
import { promptfooFormat } from '../engine/promptfoo/promptfooFormat.ts';
import { parsePrompt } from '../engine/prompts/parsePrompt.ts';
import { listWorkspace } from '../engine/suites/discovery/listWorkspace.ts';
import { matchPrompt, type PromptMatch } from '../engine/traces/matchPrompt.ts';
import type { Session } from './session.ts';

/** Prompts that a call may have been made of. */
const MOST_PROMPTS = 8;

/** The prompt files of the workspace that the messages of a call were made of, the best match first. */
export async function spanPrompts(
  session: Session,
  messages: readonly SpanMessage[],
  signal: AbortSignal,
): Promise<({ path: string } & PromptMatch)[]> {
  const { workspace } = await session.check(signal);
  const { root, environment } = session;
  const { prompts } = await listWorkspace(
    workspace ?? { root, config: { suites: [] }, foreign: promptfooFormat },
    signal,
  );

  const found = prompts.flatMap(({ path: file }) => {
    try {
      const absolute = resolveInside(root, file, { path: file });
      const prompt = parsePrompt({ path: file, text: readText(absolute, file) }, { root, environment });
      const match = matchPrompt(prompt, messages);
      return match ? [{ path: file.split(path.sep).join('/'), ...match }] : [];
    } catch (error) {
      // What is wrong with it is told as a problem of the file.
      if (error instanceof UserError) return [];
      throw error;
    }
  });
  return found.sort((a, b) => b.share - a.share || (a.path < b.path ? -1 : 1)).slice(0, MOST_PROMPTS);
}
