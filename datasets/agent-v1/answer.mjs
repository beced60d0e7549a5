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
  if (text.includes('ignore previous instructions')) return 'I can’t follow that.';
  const id = text.match(/\d{4}/)?.[0];
  if (id) return aboutOrder(id, text, call);
  if (text.includes('stock')) return aboutStock(text, call);
  if (/^(hi|hello|hey)\b/.test(text)) return 'Hello! How can I help?';
  return fromKnowledge(text, call);
}

function aboutOrder(id, text, call) {
  const order = call(
    'lookup_order',
    { order_id: id },
    data('orders').find((entry) => entry.order_id === id),
  );
  if (!order) return `I can’t find order ${id}.`;
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
  if (daysSince(order.placed) > data('shop').return_days) {
    return `Order ${id} is older than 30 days and cannot be refunded.`;
  }
  call('start_refund', { order_id: id });
  return `I have started a refund of ${order.total_eur.toFixed(2)} euros for order ${id}.`;
}

function aboutStock(text, call) {
  const product = data('products').find(({ name }) => text.includes(name.toLowerCase()));
  call('check_stock', { product: product?.name ?? text });
  if (!product) return 'I can’t find that product.';
  return product.stock > 0 ? `The ${product.name} is in stock.` : `The ${product.name} is sold out.`;
}

/** The section of the page that shares the most words with the question. */
function fromKnowledge(text, call) {
  call('search_knowledge', { query: text });
  const asked = new Set(text.match(/[a-z]{4,}/g) ?? []);
  const sections = readdirSync(knowledge)
    .sort()
    .flatMap((name) =>
      readFileSync(new URL(name, knowledge), 'utf8')
        .split(/^## .*$/m)
        .slice(1),
    );
  const shared = (section) =>
    (section.toLowerCase().match(/[a-z]{4,}/g) ?? []).filter((word) => asked.has(word)).length;
  const best = sections.reduce((a, b) => (shared(b) > shared(a) ? b : a));
  return shared(best) === 0 ? 'Sorry, I don’t know.' : best.replace(/\s+/g, ' ').trim();
}
