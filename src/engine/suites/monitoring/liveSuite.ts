import type { Pointer } from '../../files/formats/document.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { type ConfigReader, reportAt } from '../config/configReader.ts';
import { reportUnknownName } from '../config/unknownName.ts';
import { unfitFor } from './unfitEvaluators.ts';

interface Surroundings {
  /** With their evaluators; undefined for one that cannot be used. */
  suites: ReadonlyMap<string, readonly EvaluatorSpec[] | undefined>;
  /** Cases are asked as well, which have expected answers. */
  hasCases?: boolean;
}

/** Reports a suite that does not exist, or whose evaluators can score no live answer. */
export function checkLiveSuite(
  reader: ConfigReader,
  name: string,
  at: Pointer,
  { suites, hasCases = false }: Surroundings,
): void {
  if (!suites.has(name)) {
    const remedy = 'Add it under suites, or remove this key.';
    reportUnknownName(reader, at, { what: 'suite', name, names: [...suites.keys()], remedy });
    return;
  }

  const evaluators = suites.get(name);
  if (hasCases || !evaluators?.length || evaluators.some((spec) => unfitFor(spec) === undefined)) return;
  reportAt(reader, at, {
    severity: 'warning',
    code: 'unfit-evaluator',
    message: `no evaluator of the suite "${name}" can score live answers, because all of them need an expected answer or several answers`,
    remedy: 'Add an evaluator that looks at the answer alone, such as rubric or is-json.',
  });
}
