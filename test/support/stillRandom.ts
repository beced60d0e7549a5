import type { Random } from '../../src/engine/ports.ts';

/** No jitter: every wait is the shortest that there is. */
export const stillRandom: Random = { next: () => 0, hex: (bytes) => '0'.repeat(bytes * 2) };
