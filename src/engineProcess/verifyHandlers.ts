import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../engine/errors.ts';
import { resolveInside } from '../engine/files/confine.ts';
import { storePath } from '../engine/store/database.ts';
import { type FileReference, workspacePath } from '../engine/suites/fileReference.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import type { TargetConfig } from '../engine/suites/targetConfig.ts';
import type { Handlers } from '../protocol/call.ts';
import type { verifyCalls } from '../protocol/verifyCalls.ts';
import type { ComparisonJobs } from './comparisonJobs.ts';
import type { Session } from './session.ts';

/** What the two sides are called, in the store and in reports. */
const BEFORE = 'as-it-is';
const AFTER = 'compressed';

type TestsPrompt = Extract<TargetConfig, { kind: 'prompt' | 'echo' }>;

/** Compares two texts of one prompt over its suites; neither needs to be on the disk. */
export function verifyHandlers(session: Session, jobs: ComparisonJobs): Handlers<typeof verifyCalls> {
  return {
    'compress/verify': async ({ path: given, before, after, model, scripts }, signal) => {
      session.requireTrust('running an evaluation');
      const workspace = await session.load(signal);
      const prompt = workspacePath(session.root, resolveInside(session.root, given, { path: given }));
      if (/\$\{file:/.test(before)) throw readsOthers(prompt);
      const pairs = workspace.config.suites.flatMap((suite) => {
        const targets = suite.targets.filter((target) => tests(target, prompt));
        return targets.map((target) => ({ suite, target }));
      });
      if (pairs.length === 0) throw notTested(prompt);
      const sides = stage(session, prompt, { before, after });
      const overrides = model === null ? {} : { model };
      const comparisons = [];
      for (const { suite, target } of pairs) {
        const targets = [withPrompt(target, BEFORE, sides.before), withPrompt(target, AFTER, sides.after)];
        const config = { ...workspace.config, suites: [{ ...suite, targets }] };
        const staged: Workspace = { ...workspace, config };
        const engine = session.engine(staged, scripts);
        const request = {
          suite: suite.name,
          baseline: `target:${BEFORE}`,
          candidate: `target:${AFTER}`,
          overrides,
        };
        const prepared = await engine.prepareComparison(request, signal);
        comparisons.push(...jobs.start(engine, prepared, { fresh: false, sequential: false }));
      }
      return { comparisons };
    },
  };
}

function tests(target: TargetConfig, prompt: string): target is TestsPrompt {
  return (target.kind === 'prompt' || target.kind === 'echo') && target.prompt?.path === prompt;
}

function withPrompt(target: TestsPrompt, name: string, prompt: FileReference): TargetConfig {
  return { ...target, name, prompt };
}

/** Both texts as files of the workspace, under the prompt's own name, which tells its format. */
function stage(
  session: Session,
  prompt: string,
  texts: { before: string; after: string },
): { before: FileReference; after: FileReference } {
  // The store's folder is left out by git; it comes with the store.
  session.openStore();
  const parent = path.join(path.dirname(storePath(session.root)), 'verify');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'prompt-'));
  session.onClose(async () => rmSync(folder, { recursive: true, force: true }));
  const write = (side: string, text: string): FileReference => {
    const absolute = path.join(folder, side, path.posix.basename(prompt));
    mkdirSync(path.dirname(absolute));
    writeFileSync(absolute, text);
    return { absolute, path: workspacePath(session.root, absolute) };
  };
  return { before: write('before', texts.before), after: write('after', texts.after) };
}

function notTested(prompt: string): UsageError {
  return new UsageError('no suite tests this prompt', {
    where: { path: prompt },
    remedy: 'Add a target with this prompt to a suite in touchstone.yaml.',
  });
}

function readsOthers(prompt: string): UsageError {
  return new UsageError('a prompt that reads other files cannot be verified before it is saved', {
    where: { path: prompt },
    remedy: 'Apply the compression, then compare with HEAD.',
  });
}
