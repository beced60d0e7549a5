import { realpathSync } from 'node:fs';
import { resolveInside } from '../engine/files/confine.ts';
import { readText } from '../engine/files/readText.ts';
import { releaseNames } from '../engine/files/releaseNames.ts';
import { releaseFile } from '../engine/model/releaseFile.ts';
import { fixedEnvironment } from '../engine/ports.ts';
import { parsePrompt } from '../engine/prompts/parsePrompt.ts';
import { createRelease } from '../engine/releases/createRelease.ts';
import { approvedByRun, type StoredRuns, unapprovedReason } from '../engine/releases/releaseApproval.ts';
import { CurrentResults } from '../engine/store/currentResults.ts';
import { findRun } from '../engine/store/findRun.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { promptModel } from '../engine/suites/targets/promptModel.ts';
import type { Handlers } from '../protocol/call.ts';
import type { releaseCalls } from '../protocol/releaseCalls.ts';
import { type Session, storeOf } from './session.ts';

export function releaseHandlers(session: Session): Handlers<typeof releaseCalls> {
  const storedRuns = (store: RunStore, workspace: Workspace): StoredRuns => ({
    verdict: (id) => store.verdicts.of(id),
    results: (id) => new CurrentResults(store, id).results(),
    report: (id) => session.engine(workspace, false).report(id),
  });

  return {
    'release/names': () => ({ names: releaseNames(session.root) }),

    'release/approval': async ({ run }, signal) => {
      const store = storeOf(session, run);
      const found = findRun(store, run);
      return { unapproved: unapprovedReason(storedRuns(store, await session.load(signal)), found) };
    },

    'release/create': async ({ name, prompt: shown, model, run, override }, signal) => {
      session.requireTrust('a release');
      const workspace = await session.load(signal);
      const { config, root } = workspace;
      const file = resolveInside(root, shown, { path: shown });
      // What the environment holds does not get into a file that is shared.
      const prompt = parsePrompt(
        { path: shown, text: readText(realpathSync(file), shown) },
        { root, environment: fixedEnvironment({}) },
      );
      const chosen = model === null ? prompt : { ...prompt, model: { ...prompt.model, id: model } };

      const approved = (wanted: string) => {
        const store = storeOf(session, wanted);
        return approvedByRun(storedRuns(store, workspace), findRun(store, wanted), override ?? undefined);
      };
      const release = createRelease({
        ...{ root, name, prompt, model: promptModel(chosen, config.providers) },
        now: session.ports.clock.now(),
        ...(run === null ? {} : approved(run)),
      });
      return { path: releaseFile(release.name) };
    },
  };
}
