import { randomBytes } from 'node:crypto';
import type { Random } from '../../../src/engine/ports.ts';
import { seededRandom } from '../../support/seededRandom.ts';

const next = seededRandom(20_261_130);

export const random: Random = { next, hex: (bytes) => randomBytes(bytes).toString('hex') };
