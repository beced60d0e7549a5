import { readdirSync, readFileSync } from 'node:fs';

const knowledge = new URL('../knowledge/', import.meta.url);
const data = (name) =>
  JSON.parse(readFileSync(new URL(`../agent/data/${name}.json`, import.meta.url), 'utf8'));
const daysSince = (date) => Math.round((Date.parse(data('shop').today) - Date.parse(date)) / 86_400_000);

/** Answers one message; nothing that was said before is considered. */
export function answer(message) {
  const text = message.toLowerCase();
  const calls = [];
  const call = (name, args, output) => {
    calls.push({ name, arguments: args });
    return output;
  };
  const output = respond(text, call);
  return { output, tool_calls: calls };
}

function respond(text, call) {
  if (/ignore (all )?previous instructions/.test(text)) return "I can't follow that.";
  const id = text.match(/\d{4}/)?.[0];
  if (id) return aboutOrder(id, text, call);
  if (/stock|available/.test(text)) return aboutStock(text, call);
  if (/^(hi|hello|hey)\b/.test(text)) return 'Hello! How can I help?';
  if (/^thank/.test(text)) return "You're welcome!";
  if (/refund|money back|my (order|parcel)/.test(text)) return 'Please tell me the order number.';
  return fromKnowledge(text, call);
}

function aboutOrder(id, text, call) {
  const order = call(
    'lookup_order',
    { order_id: id },
    data('orders').find((entry) => entry.order_id === id),
  );
  if (!order) return `I can't find order ${id}.`;
  if (/refund|return|money back/.test(text)) return refund(order, call);
  const parcel = data('parcels').find((entry) => entry.order_id === id);
  if (order.status === 'shipped' && parcel) {
    call('track_parcel', { tracking_number: parcel.tracking_number });
    return `Parcel ${parcel.tracking_number} is ${parcel.status}, last scanned in ${parcel.place}.`;
  }
  return `Order ${id} is ${order.status}. It was placed by ${order.customer.name}.`;
}

function refund(order, call) {
  const id = order.order_id;
  call('refund_policy', { order_id: id });
  if (daysSince(order.placed) > data('shop').return_days) {
    return `Order ${id} is ${daysSince(order.placed)} days old. After 30 days it cannot be refunded; a fault may be covered by the warranty.`;
  }
  call('start_refund', { order_id: id });
  return `I have started a refund of ${order.total_eur.toFixed(2)} euros for order ${id}. It goes to the original payment method within 5 business days.`;
}

function aboutStock(text, call) {
  const product = data('products').find(({ name }) => text.includes(name.toLowerCase()));
  call('check_stock', { product: product?.name ?? text });
  if (!product) return "I can't find that product.";
  return product.stock > 0
    ? `The ${product.name} is in stock: ${product.stock} left, at ${product.price_eur.toFixed(2)} euros.`
    : `The ${product.name} is sold out.`;
}

const COMMON = new Set(
  'what when where which does have your with from this that will they them many long much take'.split(' '),
);

/** The section that shares the most words with the question, its heading included. */
function fromKnowledge(text, call) {
  call('search_knowledge', { query: text });
  const asked = new Set(wordsOf(text).filter((word) => !COMMON.has(word)));
  const sections = readdirSync(knowledge)
    .sort()
    .flatMap((name) => readFileSync(new URL(name, knowledge), 'utf8').split(/^## /m).slice(1));
  const shared = (section) => new Set(wordsOf(section).filter((word) => asked.has(word))).size;
  const best = sections.reduce((a, b) => (shared(b) > shared(a) ? b : a));
  if (shared(best) === 0)
    return 'Sorry, I have no information on that. Please tell me the order number or the product.';
  return best.slice(best.indexOf('\n')).replace(/\s+/g, ' ').trim();
}

function wordsOf(text) {
  return text.toLowerCase().match(/[a-z]{4,}/g) ?? [];
}
