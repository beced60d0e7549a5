// Prints how the trace panel scrolls with 5,000 spans. Limits are named, not asserted: machines differ.
import type { Page } from 'playwright-core';
import { largeTrace } from '../support/largeTrace.ts';
import { openBrowser } from './browser.ts';
import { bundleReport } from './reportBundle.ts';
import { TracePage } from './tracePage.ts';

const SPANS = 5_000;
const STEPS = 400;
/** Of a screen that is drawn 60 times a second. */
const FRAME_MS = 16.7;

const browser = await openBrowser();
const trace = await TracePage.open(browser, await bundleReport());
const begun = performance.now();
await trace.show(largeTrace(SPANS));
const { page } = trace;
await page.locator('waterfall-grid .rows [role=row]').first().waitFor();
say(`${SPANS} spans: first lines after`, performance.now() - begun, 'ms', 2_000);
say('lines that exist', await page.locator('waterfall-grid .rows [role=row]').count(), '', 80);
await measureScroll(page);
await trace.close();
await browser.close();

/** A wheel that spins quickly, and a jump by the scroll bar every twentieth frame. */
async function measureScroll(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const workOf = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  };

  const before = await workOf();
  const frames = await page.getByRole('treegrid').evaluate(async (grid, steps) => {
    const times: number[] = [];
    let last = await new Promise<number>(requestAnimationFrame);
    for (let step = 0; step < steps; step += 1) {
      grid.scrollTop = step % 20 === 0 ? (step / steps) * grid.scrollHeight : grid.scrollTop + 240;
      const now = await new Promise<number>(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
    return times.sort((a, b) => a - b);
  }, STEPS);
  const work = ((await workOf()) - before) / STEPS;

  const at = (share: number) => frames[Math.floor(share * (frames.length - 1))] ?? Number.NaN;
  say('scroll: work of the page for a frame, mean', work, 'ms', FRAME_MS);
  say('scroll: frame by the clock, median', at(0.5), 'ms', FRAME_MS + 0.3);
  say('scroll: frame by the clock, 95 %', at(0.95), 'ms', 2 * FRAME_MS);
}

function say(what: string, value: number, unit: string, limit: number): void {
  const mark = value <= limit ? 'within' : 'OVER';
  console.log(
    `${what.padEnd(48)} ${value.toFixed(1).padStart(9)} ${unit}   ${mark} the limit of ${limit} ${unit}`,
  );
}
