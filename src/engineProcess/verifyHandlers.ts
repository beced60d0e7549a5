import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NamedSide } from '../engine/compare/comparisonRequest.ts';
import { UsageError } from '../engine/errors.ts';
import { resolveInside } from '../engine/files/confine.ts';
import { storePath } from '../engine/store/storeFile.ts';
import { type FileReference, workspacePath } from '../engine/suites/config/fileReference.ts';
import type { TargetConfig } from '../engine/suites/targets/targetConfig.ts';
import type { Handlers } from '../protocol/call.ts';
import type { verifyCalls } from '../protocol/verifyCalls.ts';
import { type ComparisonJobs, closeAll, makeReady, type ReadyComparison } from './comparisonJobs.ts';
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
      const texts = stage(session, prompt, { before, after });
      const overrides = model === null ? {} : { model };
      const engine = session.engine(workspace, scripts);
      const ready: ReadyComparison[] = [];
      try {
        for (const { suite, target } of pairs) {
          const baseline = side(target, BEFORE, texts.before);
          const candidate = side(target, AFTER, texts.after);
          const prepared = await engine.prepareComparison({ suite, baseline, candidate, overrides }, signal);
          ready.push(...prepared.map((one) => ({ engine, prepared: one })));
        }
      } catch (error) {
        await closeAll(ready.map(({ prepared }) => prepared));
        throw error;
      }
      await makeReady(
        ready.map(({ prepared }) => prepared),
        signal,
      );
      return { comparisons: jobs.start(ready, { fresh: false, sequential: false }) };
    },
  };
}

function tests(target: TargetConfig, prompt: string): target is TestsPrompt {
  return 'prompt' in target && target.prompt?.path === prompt;
}

/** The target with one text of its prompt. */
function side(target: TestsPrompt, name: string, prompt: FileReference): NamedSide {
  return { label: name, reference: { kind: 'given', targets: [{ ...target, name, prompt }] } };
}

/** Both texts as files of the workspace, under the prompt's own name, which tells its format. */
function stage(
  session: Session,
  prompt: string,
  texts: { before: string; after: string },
): { before: FileReference; after: FileReference } {
  // The store's folder is left out by git; it comes with the store.
  session.openStore();
  // Made here and not found, so that no link of the workspace leads elsewhere.
  const folder = mkdtempSync(path.join(path.dirname(storePath(session.root)), 'verify-'));
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
