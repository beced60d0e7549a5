import { evaluatorNames, WHOLE_VERDICT } from '../engine/compare/evaluators/ratings.ts';
import { studyRun } from '../engine/compare/evaluators/studyRun.ts';
import { markdownStudy } from '../engine/reports/markdownStudy.ts';
import { CurrentResults } from '../engine/store/currentResults.ts';
import type { Handlers } from '../protocol/call.ts';
import { type evaluatorCalls, MOST_DIFFERENCES } from '../protocol/evaluatorCalls.ts';
import { type Session, storeOf } from './session.ts';

/** Runs looked through for those that judged the outputs of another. */
const MOST_RUNS = 10_000;

export function evaluatorHandlers(session: Session): Handlers<typeof evaluatorCalls> {
  return {
    'evaluators/list': ({ runId }) => {
      const store = storeOf(session, runId);
      store.getRun(runId);
      const again = store.evaluations(MOST_RUNS).filter(({ plan }) => plan.origin?.rejudge === runId);
      const names = evaluatorNames(new CurrentResults(store, runId).results());
      // Within one run the verdict can only be held against itself.
      const whole = again.length > 0 && names.length > 0 ? [WHOLE_VERDICT] : [];
      return { names: [...whole, ...names], again: again.map(({ id }) => id) };
    },
    'evaluators/study': async ({ runId, first, second, again, agreement }, signal) => {
      const study = await studyRun({ store: storeOf(session, runId), root: session.root, signal }, runId, {
        between: [first, second],
        agreement,
        ...(again === undefined ? {} : { again }),
      });
      const differences = study.agreements.flatMap((entry) => entry.differences);
      return {
        markdown: markdownStudy(study, agreement),
        differences: differences.slice(0, MOST_DIFFERENCES),
        count: differences.length,
      };
    },
  };
}
