import type { Version } from './sides.ts';

/** The name of a version for people: a route that names a release or an address itself knows it by what stands there. */
export function shownName({ name, target }: Version): string {
  if (target.kind === 'release') return target.release;
  if (target.kind !== 'url' || name !== target.url || !URL.canParse(name)) return name;
  const { host, pathname } = new URL(name);
  return pathname === '/' ? host : `${host}${pathname}`;
}
