import { readFileSync } from 'node:fs';
import type { Passage } from './proxies.ts';

/** Processor time of what passes requests on and of what keeps its traces, in milliseconds; undefined where the system does not say. */
export function processorMs({ pid, keeperPid }: Passage): number | undefined {
  const each = [pid, keeperPid].filter((one) => one !== undefined).map(ofProcess);
  return each.reduce((sum, ms) => (sum === undefined || ms === undefined ? undefined : sum + ms), 0);
}

/** Work that was put off belongs to the requests that made it, and not to whoever is measured next. */
export async function untilIdle(passage: Passage): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const before = processorMs(passage) ?? 0;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if ((processorMs(passage) ?? 0) - before < LOOK_MS * IDLE) return;
  }
}

const LOOK_MS = 500;
const MOST_LOOKS = 60;
const IDLE = 0.05;
/** Of one tick of Linux’s clock, in which it counts. */
const TICK_MS = 10;

function ofProcess(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined;
  }
}
