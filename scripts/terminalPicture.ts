// Draws what a command printed as a PNG, for the README: node scripts/terminalPicture.ts OUT.png COLUMNS < output
import { readFileSync } from 'node:fs';
import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const [, , file = 'terminal.png', columns = '100'] = process.argv;

/** Colours of the SGR codes that the command line uses. */
const STYLES: { [code: string]: string } = {
  1: 'font-weight:bold',
  2: 'opacity:.6',
  31: 'color:#f47067',
  32: 'color:#57ab5a',
  33: 'color:#c69026',
  36: 'color:#39c5cf',
};

function toHtml(text: string): string {
  const active = new Set<string>();
  const close: { [code: string]: string[] } = {
    22: ['1', '2'],
    39: ['31', '32', '33', '36'],
    0: Object.keys(STYLES),
  };
  return text
    .split(/(\u001b\[\d+m)/)
    .map((part) => {
      const code = /^\u001b\[(\d+)m$/.exec(part)?.[1];
      if (code !== undefined) {
        for (const ended of close[code] ?? []) active.delete(ended);
        if (STYLES[code]) active.add(code);
        return '';
      }
      const safe = part.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      const style = [...active].map((name) => STYLES[name]).join(';');
      return style === '' ? safe : `<span style="${style}">${safe}</span>`;
    })
    .join('');
}

const html = `<body style="margin:0;background:#22272e"><pre style="margin:0;padding:20px;display:inline-block;
  min-width:${columns}ch;color:#cdd9e5;font:14px/1.45 'DejaVu Sans Mono',monospace">${toHtml(readFileSync(0, 'utf8'))}</pre>`;
const browser = await chromium.launch({
  args: sparticuz.args,
  executablePath: await sparticuz.executablePath(),
  headless: true,
});
const page = await browser.newPage({ deviceScaleFactor: 2 });
await page.setContent(html);
await page.locator('pre').screenshot({ path: file });
await browser.close();
