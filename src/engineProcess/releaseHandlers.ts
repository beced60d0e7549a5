import { realpathSync } from 'node:fs';
import { resolveInside } from '../engine/files/confine.ts';
import { readText } from '../engine/files/readText.ts';
import { releaseNames } from '../engine/files/releaseNames.ts';
import { releaseFile } from '../engine/model/releaseFile.ts';
import { fixedEnvironment } from '../engine/ports.ts';
import { parsePrompt } from '../engine/prompts/parsePrompt.ts';
import { createRelease } from '../engine/releases/createRelease.ts';
import { findRun } from '../engine/store/findRun.ts';
import { promptModel } from '../engine/suites/targets/promptModel.ts';
import type { Handlers } from '../protocol/call.ts';
import type { releaseCalls } from '../protocol/releaseCalls.ts';
import { type Session, storeOf } from './session.ts';

export function releaseHandlers(session: Session): Handlers<typeof releaseCalls> {
  return {
    'release/names': () => ({ names: releaseNames(session.root) }),

    'release/create': async ({ name, prompt: shown, model, run }, signal) => {
      session.requireTrust('a release');
      const { config, root } = await session.load(signal);
      const file = resolveInside(root, shown, { path: shown });
      // What the environment holds does not get into a file that is shared.
      const prompt = parsePrompt(
        { path: shown, text: readText(realpathSync(file), shown) },
        { root, environment: fixedEnvironment({}) },
      );
      const chosen = model === null ? prompt : { ...prompt, model: { ...prompt.model, id: model } };
      const release = createRelease({
        ...{ root, name, prompt, model: promptModel(chosen, config.providers) },
        now: session.ports.clock.now(),
        approvedBy: run === null ? undefined : { run: findRun(storeOf(session, run), run).id },
      });
      return { path: releaseFile(release.name) };
    },
  };
}
