import type { Page } from 'playwright-core';

/** Sends messages one after the other, and waits until the page has drawn what they changed. */
export async function sendMessages(page: Page, messages: readonly unknown[]): Promise<void> {
  // As one text: taking a million values across one by one would take the test longer than the page.
  await page.evaluate(async (all) => {
    for (const message of JSON.parse(all) as unknown[]) window.postMessage(message, '*');
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }, JSON.stringify(messages));
}

/** Notes whatever a page complains of. */
export function noteComplaints(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
}
