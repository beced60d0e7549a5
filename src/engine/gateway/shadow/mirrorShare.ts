import { hash } from 'node:crypto';

/**
 * Whether a share of a route's requests takes in this one. The same key is always in or out, and a larger share takes in all that
 * a smaller one did. Which target of the route answers has nothing to do with it.
 */
export function isInShare(route: string, key: string, share: number): boolean {
  const digest = hash('sha256', `shadow\0${route}\0${key}`, 'buffer');
  return digest.readUIntBE(0, 6) / 2 ** 48 < share;
}
