import { randomFillSync } from 'node:crypto';
import type { Random } from './engine/ports.ts';

/** Drawn at once: each call of the system costs as much as hundreds of bytes. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** The operating system's source of randomness. */
export const systemRandom: Random = {
  next: () => pool.readUInt32BE(draw(4)) / 0x1_0000_0000,
  hex: (bytes) => {
    if (bytes > pool.length) return randomFillSync(Buffer.alloc(bytes)).toString('hex');
    const from = draw(bytes);
    return pool.toString('hex', from, from + bytes);
  },
};

/** Where in the pool they stand, which are given out once. */
function draw(bytes: number): number {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const from = used;
  used += bytes;
  return from;
}
