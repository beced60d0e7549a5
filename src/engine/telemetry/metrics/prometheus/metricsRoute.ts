import type { Route } from '../../../http/server/serverShell.ts';
import type { Exposition } from './exposition.ts';

/** What a Prometheus scrapes. `refresh` brings the numbers up to now. */
export function metricsRoute(
  exposition: Exposition,
  { access, refresh }: { access: Route['access']; refresh(): void },
): Route {
  return {
    ...{ method: 'GET', path: '/metrics', access },
    handle: async ({ headers }) => {
      refresh();
      const { contentType, body } = await exposition.scrape(headers.accept);
      return { status: 200, headers: { 'content-type': contentType, vary: 'accept' }, body };
    },
  };
}
