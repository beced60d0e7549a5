import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { businessDaysBetween, daysBetween } from './dates.mjs';
import { openIndex } from './retrieval.mjs';
import { words } from './text.mjs';

const read = (name) => JSON.parse(readFileSync(new URL(`./data/${name}.json`, import.meta.url), 'utf8'));

/** The tools of one turn; every call is recorded, and is a span under `parent`. */
export function openToolbox({ trace, parent }) {
  const calls = [];
  const steps = [];
  const tool = (name, run) => (args) => {
    const span = trace.start(
      `execute_tool ${name}`,
      { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name, 'gen_ai.tool.type': 'function' },
      parent,
    );
    const begin = performance.now();
    const output = run(args, span);
    span.end();
    calls.push({ name, arguments: args });
    steps.push({ type: 'tool', name, arguments: args, output, latency_ms: performance.now() - begin });
    return output;
  };
  return {
    calls,
    steps,
    search_knowledge: tool('search_knowledge', ({ query }, span) => search(query, trace, span)),
    lookup_order: tool('lookup_order', lookupOrder),
    refund_policy: tool('refund_policy', refundPolicy),
    start_refund: tool('start_refund', startRefund),
    track_parcel: tool('track_parcel', trackParcel),
    check_stock: tool('check_stock', checkStock),
    create_ticket: tool('create_ticket', createTicket),
  };
}

function search(query, trace, parent) {
  const span = trace.start(
    'retrieval knowledge',
    { 'gen_ai.operation.name': 'retrieval', 'gen_ai.data_source.id': 'knowledge' },
    parent,
  );
  const found = openIndex(new URL('../knowledge/', import.meta.url)).search(query);
  span.set({ 'fernhill.retrieval.passages': found.map(({ source }) => source) });
  span.end();
  return found;
}

/** Never holds the customer: nothing personal can leak from where it is not. */
function lookupOrder({ order_id }) {
  const order = read('orders').find((entry) => entry.order_id === order_id);
  if (!order) return { found: false, order_id };
  const { status, placed, items, total_eur, delivered, refunded, tracking, country } = order;
  return { found: true, order_id, status, placed, items, total_eur, delivered, refunded, tracking, country };
}

function refundPolicy({ order_id }) {
  const order = lookupOrder({ order_id });
  const { today, return_days, last_chance_days } = read('shop');
  if (!order.found) return { eligible: false, reason: 'unknown-order' };
  if (order.status !== 'delivered') return { eligible: false, reason: order.status };
  const returnable = order.items.filter((item) => item.returnable !== false);
  const excluded = order.items.filter((item) => item.returnable === false);
  if (returnable.length === 0) return { eligible: false, reason: 'not-returnable', excluded };
  const lastChance = returnable.every((item) => item.last_chance);
  const limit = lastChance ? last_chance_days : return_days;
  const age = daysBetween(order.delivered, today);
  return {
    eligible: age <= limit,
    reason: age <= limit ? 'within-window' : 'too-late',
    days_since_delivery: age,
    limit_days: limit,
    as: lastChance ? 'store credit' : 'original payment method',
    amount_eur: returnable.reduce((sum, item) => sum + item.price_eur, 0),
    excluded,
  };
}

function startRefund({ order_id }) {
  return { refund_id: `R-${digest(order_id)}`, order_id };
}

function trackParcel({ tracking_number }) {
  const parcel = read('parcels').find((entry) => entry.tracking_number === tracking_number);
  if (!parcel) return { found: false, tracking_number };
  const { today, lost_after_business_days } = read('shop');
  const idle = businessDaysBetween(parcel.last_scan, today);
  return { found: true, ...parcel, lost: parcel.status === 'in transit' && idle > lost_after_business_days };
}

/** The product whose name shares the most words with the wish. */
function checkStock({ product }) {
  const wished = new Set(words(product).map((word) => word.replace(/s$/, '')));
  const ranked = read('products')
    .map((entry) => {
      const name = words(entry.name).map((word) => word.replace(/s$/, ''));
      return { ...entry, shared: name.filter((word) => wished.has(word)).length / name.length };
    })
    .sort((a, b) => b.shared - a.shared);
  const [best, second] = ranked;
  if (best.shared < 0.5) return { found: false, product };
  if (second.shared === best.shared) {
    return { found: false, product, candidates: ranked.filter((entry) => entry.shared === best.shared) };
  }
  return { found: true, ...best };
}

function createTicket({ topic, order_id }) {
  return { ticket_id: `T-${digest(`${topic}${order_id ?? ''}`)}` };
}

/** Five digits that follow from the text, so that a repeated run says the same. */
function digest(text) {
  return String(createHash('sha256').update(text).digest().readUInt32BE() % 100_000).padStart(5, '0');
}
