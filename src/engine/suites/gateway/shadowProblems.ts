import type { Pointer } from '../../files/formats/document.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { type ConfigReader, reportAt, reportKey } from '../config/configReader.ts';
import { checkLiveSuite } from '../monitoring/liveSuite.ts';
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
  if (shadow.suite !== undefined) checkLiveSuite(reader, shadow.suite, [...at, 'suite'], { suites });

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

function warnOfNothing(reader: ConfigReader, at: Pointer, message: string): void {
  reportAt(reader, at, {
    severity: 'warning',
    code: 'no-effect',
    message,
    remedy: 'Raise it, or remove the shadow.',
  });
}
