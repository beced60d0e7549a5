import { randomBytes } from 'node:crypto';
import type { Random } from './engine/ports.ts';

/** The operating system's source of randomness. */
export const systemRandom: Random = {
  next: () => randomBytes(4).readUInt32BE() / 0x1_0000_0000,
  hex: (bytes) => randomBytes(bytes).toString('hex'),
};
