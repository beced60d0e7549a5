import type { Random } from '../ports.ts';

/** `20261123-071812-3fa9`: sorts by time (UTC), and is short enough to type. */
export function newRunId(createdAt: number, random: Random): string {
  const iso = new Date(createdAt).toISOString();
  const date = iso.slice(0, 10).replaceAll('-', '');
  const time = iso.slice(11, 19).replaceAll(':', '');
  return `${date}-${time}-${random.hex(2)}`;
}
