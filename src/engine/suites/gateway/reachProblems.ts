import type { Pointer } from '../../files/formats/document.ts';
import { type ConfigReader, reportAt, reportKey } from '../config/configReader.ts';
import type { RouteConfig } from './gatewayConfig.ts';
import { coversPattern } from './modelPattern.ts';
import { isBelow } from './routePath.ts';

/**
 * Reports routes that no request can reach, because earlier ones answer all of theirs, and warns of models of which this is so. Exact:
 * a pattern that several others cover together is covered by one of them, since none of them names what its `*` may stand for.
 */
export function checkReach(reader: ConfigReader, routes: readonly RouteConfig[]): void {
  for (const [index, route] of routes.entries()) {
    const earlier = routes.slice(0, index).filter(({ match }) => isBelow(route.match.path, match.path));
    const at: Pointer = ['gateway', 'routes', route.name];
    const { models } = route.match;

    const whole = earlier.find(({ match }) => match.models === undefined);
    if (whole || models === undefined) {
      if (whole) reportUnreachable(reader, at, [whole]);
      continue;
    }

    const covering = models.map((model) =>
      earlier.find(({ match }) => match.models?.some((other) => coversPattern(other, model))),
    );
    if (covering.every((other) => other !== undefined)) {
      reportUnreachable(reader, at, [...new Set(covering)]);
      continue;
    }

    for (const [place, other] of covering.entries()) {
      if (other) warnOfModel(reader, at, place, models[place] ?? '', other);
    }
  }
}

function reportUnreachable(reader: ConfigReader, at: Pointer, others: readonly RouteConfig[]): void {
  const names = others.map(({ name }) => `"${name}"`).join(' and ');
  reportKey(reader, at, {
    code: 'unreachable-route',
    message: `no request reaches the route "${at.at(-1)}", because ${names} before it ${others.length === 1 ? 'answers' : 'answer'} all of them`,
    remedy: 'Put the more specific route first, or change what it matches.',
    related: others.map(({ name }) => ({
      message: 'this route comes first',
      pointer: ['gateway', 'routes', name],
    })),
  });
}

function warnOfModel(
  reader: ConfigReader,
  at: Pointer,
  place: number,
  model: string,
  other: RouteConfig,
): void {
  reportAt(reader, [...at, 'model', place], {
    severity: 'warning',
    code: 'unreachable-route',
    message: `requests for "${model}" go to the route "${other.name}", which comes first`,
    remedy: 'Remove the model here, or put this route first.',
    related: [{ message: 'this route comes first', pointer: ['gateway', 'routes', other.name] }],
  });
}
