import { versionOf } from '../../versionOf.ts';
import type { LocalRouterOptions } from './localRouter.ts';
import { Programs } from './programs.ts';
import { isProgram } from './versionReadiness.ts';

/**
 * Starts the program anew that a deployment has left serving a route alone, where it has ended, and leads the route to it. While a deployment
 * goes on, its controller decides what becomes of programs. Rejects with RouterError.
 */
export async function reviveServed(options: LocalRouterOptions, signal: AbortSignal): Promise<void> {
  const { control, route, versions, root } = options;
  const programs = new Programs(options);
  if (programs.started.length === 0) return;

  const { arms, configured, from, revision } = await control.read(route, signal);
  const [arm, ...more] = arms.filter(({ weight }) => weight > 0);
  const isOfFile = (name: string): boolean => configured.some((one) => one.name === name);
  const isMoving = more.length > 0 || arms.some((one) => one !== arm && !isOfFile(one.name));
  const what = versions.find(({ name }) => name === arm?.name)?.what;
  if (!arm || !what || isMoving || from !== 'deployment') return;

  const version = versionOf(arm.name, what, root);
  if (!isProgram(version) || programs.urlOf(version) === undefined) return;
  const url = await programs.start(version, signal);
  if (arm.target.kind !== 'agent' || arm.target.url === url) return;
  const led = arms.map((one) => (one === arm ? { ...arm, target: { kind: 'agent' as const, url } } : one));
  await control.setArms(route, led, revision, signal);
}
