import path from 'node:path';
import { ConfigError } from '../engine/errors.ts';
import { resolveInside } from '../engine/files/confine.ts';
import type { Problem } from '../engine/model/problem.ts';
import { promptfooFormat } from '../engine/promptfoo/promptfooFormat.ts';
import { unmeasuredLimitsOf } from '../engine/runs/preparation/unmeasuredLimits.ts';
import { workspacePath } from '../engine/suites/config/fileReference.ts';
import { listWorkspace } from '../engine/suites/discovery/listWorkspace.ts';
import { sampleFiles } from '../engine/suites/discovery/sampleConfig.ts';
import { addTarget } from '../engine/suites/targets/addTarget.ts';
import { validateFile } from '../engine/suites/validateFiles.ts';
import type { Handlers } from '../protocol/call.ts';
import type { workspaceCalls } from '../protocol/workspaceCalls.ts';
import type { DatasetCache } from './datasetCache.ts';
import { ListedWorkspace } from './listedWorkspace.ts';
import type { Session } from './session.ts';
import { suiteCases } from './suiteCases.ts';
import { textEdits } from './textEdits.ts';

export function workspaceHandlers(session: Session, cache: DatasetCache): Handlers<typeof workspaceCalls> {
  const listed = new ListedWorkspace(session);
  return {
    'workspace/list': async (_params, signal) => {
      const { workspace, problems } = await listed.check(signal);
      const { configFile } = session;
      const configPath = configFile === undefined ? null : path.basename(configFile);
      // Prompts and datasets are there, whatever is wrong with the configuration.
      const { foreignConfigs: promptfooConfigs, ...listing } = await listWorkspace(
        workspace ?? { root: session.root, config: { suites: [] }, foreign: promptfooFormat },
        signal,
      );
      return { root: session.shownRoot, configPath, ...listing, promptfooConfigs, problems };
    },
    'suite/cases': ({ suite, dataset, offset, limit }, signal) =>
      suiteCases({ session, listed, cache }, { suite, dataset, offset, limit }, signal),
    'workspace/first': async ({ asked, says, model }, signal) => {
      const first = { asked, says, ...(model === undefined ? {} : { model }) };
      const { environment, root } = session;
      return { files: await sampleFiles(root, { environment, signal, first }) };
    },
    'suite/addTarget': ({ suite, prompt, text }) => {
      const { configFile, root } = session;
      if (configFile === undefined) throw noConfiguration();
      const file = workspacePath(root, resolveInside(root, prompt, { path: prompt }));
      const after = addTarget({ path: path.basename(configFile), text }, suite, file);
      return { edits: textEdits(text, after) };
    },
    'workspace/validate': async ({ files }, signal) => {
      if (!files) return validateAll(session, signal);
      const problems: Problem[] = [];
      for (const { path: given, text } of files)
        problems.push(...(await validateOne(session, given, text, signal)));
      return { files: files.length, problems };
    },
  };
}

function noConfiguration(): ConfigError {
  return new ConfigError('there is no touchstone.yaml to add a target to', {
    remedy: 'Create one with the command “Touchstone: Create First Evaluation…”.',
  });
}

async function validateAll(session: Session, signal: AbortSignal) {
  const { workspace, problems } = await session.check(signal);
  if (!workspace) return { files: 1, problems };
  const listing = await listWorkspace(workspace, signal);
  const files = [...listing.prompts.map((prompt) => prompt.path), ...listing.datasets];
  const found = [...problems];
  for (const file of files) found.push(...(await validateOne(session, file, undefined, signal)));
  found.push(...(await unmeasuredLimitsOf(workspace, signal)));
  return { files: files.length + 1, problems: found };
}

async function validateOne(
  session: Session,
  given: string,
  text: string | undefined,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const { root } = session;
  const file = resolveInside(root, given, { path: given });
  if (file === session.configFile) return (await session.check(signal, text)).problems;
  return validateFile(file, { root, environment: session.environment, signal }, text);
}
