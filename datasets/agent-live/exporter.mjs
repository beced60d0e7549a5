/** How long spans are gathered before they are sent, in milliseconds. */
const GATHER_MS = 250;
/** Requests that are kept while nobody receives; the oldest go first. */
const MOST_KEPT = 500;

/** Sends OTLP requests in JSON to a receiver, in order, and again where it cannot be reached. Without an endpoint it does nothing. */
export function openExporter(endpoint) {
  const waiting = [];
  let timer;
  let sending = Promise.resolve();

  async function sendAll() {
    timer = undefined;
    while (waiting.length > 0) {
      const requests = waiting.slice();
      const body = JSON.stringify({ resourceSpans: requests.flatMap(({ resourceSpans }) => resourceSpans) });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${endpoint}/v1/traces`, { method: 'POST', headers, body });
      if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
      waiting.splice(0, requests.length);
    }
  }

  function schedule() {
    timer ??= setTimeout(() => {
      sending = sendAll().catch(schedule);
    }, GATHER_MS);
  }

  return {
    send(request) {
      if (!endpoint) return;
      waiting.push(request);
      waiting.splice(0, waiting.length - MOST_KEPT);
      schedule();
    },
    /** Sends what is left, if somebody receives it. */
    async close() {
      clearTimeout(timer);
      await sending;
      await sendAll().catch(() => {});
      clearTimeout(timer);
    },
  };
}
