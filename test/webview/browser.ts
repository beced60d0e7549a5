import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** Security features stay on, unlike with the arguments that the packaged browser suggests. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'];

/**
 * A headless Chromium: the one that TOUCHSTONE_BROWSER names, on Linux the packaged one, elsewhere the
 * installed Chrome. Rejects where there is none.
 */
export async function openBrowser(): Promise<Browser> {
  const named = process.env['TOUCHSTONE_BROWSER'];
  if (named) return chromium.launch({ executablePath: named });
  if (process.platform !== 'linux') return chromium.launch({ channel: 'chrome' });
  return chromium.launch({ executablePath: await sparticuz.executablePath(), args: ARGUMENTS });
}
