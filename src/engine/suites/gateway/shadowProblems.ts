import { nearest } from '../../evaluators/options/optionCheck.ts';
import type { Pointer } from '../../files/formats/document.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { type ConfigReader, reportAt, reportKey } from '../config/configReader.ts';
import { unfitFor } from '../monitoring/unfitEvaluators.ts';
import type { RouteConfig, ShadowConfig } from './gatewayConfig.ts';

/** Reports a shadow that would do harm, or nothing. */
export function checkShadow(
  reader: ConfigReader,
  { arms, isSafeToMirror }: RouteConfig,
  shadow: ShadowConfig,
  at: Pointer,
  { suites }: { suites: ReadonlyMap<string, readonly EvaluatorSpec[] | undefined> },
): void {
  const asksAgent = [...arms.map(({ target }) => target), shadow.to].some(({ kind }) => kind === 'agent');
  if (asksAgent && !isSafeToMirror) reportUnsafe(reader, at);
  if (shadow.suite !== undefined) checkSuite(reader, shadow.suite, [...at, 'suite'], suites);

  if (shadow.share === 0) warnOfNothing(reader, [...at, 'share'], 'share is 0, so no request is copied');
  if (shadow.maxMs === 0) warnOfNothing(reader, [...at, 'for'], 'for is 0, so the shadow ends at once');
}

function reportUnsafe(reader: ConfigReader, at: Pointer): void {
  reportKey(reader, at, {
    code: 'unsafe-shadow',
    message: 'a shadow asks an HTTP agent twice, and this route does not say that this is safe',
    remedy:
      'Add safe_to_mirror: true to the route if the agents do nothing but answer, or remove the shadow.',
  });
}

function checkSuite(
  reader: ConfigReader,
  name: string,
  at: Pointer,
  suites: ReadonlyMap<string, readonly EvaluatorSpec[] | undefined>,
): void {
  if (!suites.has(name)) {
    const names = [...suites.keys()];
    const guess = nearest(name, names)[0];
    reportAt(reader, at, {
      code: 'unknown-suite',
      message: `there is no suite "${name}"`,
      remedy: guess
        ? `Did you mean "${guess}"?`
        : names.length === 0
          ? 'Add it under suites, or remove this key.'
          : `Use one of: ${names.join(', ')}.`,
      meant: guess,
    });
    return;
  }

  const evaluators = suites.get(name);
  if (!evaluators?.length || evaluators.some((spec) => unfitFor(spec) === undefined)) return;
  reportAt(reader, at, {
    severity: 'warning',
    code: 'unfit-evaluator',
    message: `no evaluator of the suite "${name}" can score live answers, because all of them need an expected answer or several answers`,
    remedy: 'Add an evaluator that looks at the answer alone, such as rubric or is-json.',
  });
}

function warnOfNothing(reader: ConfigReader, at: Pointer, message: string): void {
  reportAt(reader, at, {
    severity: 'warning',
    code: 'no-effect',
    message,
    remedy: 'Raise it, or remove the shadow.',
  });
}
