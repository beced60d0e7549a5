import { spoken } from './dates.mjs';
import { contentWords, sentences, terms } from './text.mjs';

/** Below this the best passage has little to do with the question. Found by trying, on the shop's own mail. */
const MIN_RELEVANCE = 2.6;

/**
 * Calls the tools that an intent needs and writes the answer. `facts` are what a model may rephrase.
 * Undefined when the agent does not know what to do.
 */
export function compose(intent, turn, tools) {
  return COMPOSERS[intent.name]?.(intent, tools, turn);
}

export function clarify() {
  return said(
    "I'm not sure what you need. Could you tell me a little more, for example the order number or the product?",
  );
}

const COMPOSERS = {
  greeting: () =>
    said("Hello! I'm the Fernhill Outdoor assistant. How can I help: an order, a return, a product?"),
  thanks: () => said("You're welcome! Is there anything else I can help with?"),
  withdraw: () => said('All right, I leave everything as it is. Is there anything else I can help with?'),
  question: ({ query }, tools) => answerFromKnowledge(query, tools),
  ticket: openTicket,
  fault: reportFault,
  cancel: cancelOrder,
  refund: (intent, tools) => refund(intent, tools, { start: true }),
  eligibility: (intent, tools) => refund(intent, tools, { start: false }),
  track,
  stock,
};

function answerFromKnowledge(query, tools) {
  const [best, second] = tools.search_knowledge({ query });
  if (!best) return undefined;
  if (best.score < MIN_RELEVANCE) {
    return said(
      'I have no information on that. I can help with orders, returns, deliveries, products and your account.',
    );
  }
  const passages = second && second.score > best.score * 0.8 ? [best, second] : [best];
  const wanted = new Set(terms(query));
  const parts = passages.map((passage, index) => relevantSentences(passage, wanted, index === 0 ? 3 : 1));
  return known(parts.join(' '), passages);
}

/** The sentences that share the most with the question, in the order of the passage. */
function relevantSentences({ text }, wanted, limit) {
  const all = sentences(text);
  const ranked = all
    .map((sentence, index) => ({ index, shared: terms(sentence).filter((term) => wanted.has(term)).length }))
    .sort((a, b) => b.shared - a.shared || a.index - b.index)
    .slice(0, limit);
  return ranked
    .sort((a, b) => a.index - b.index)
    .map(({ index }) => all[index])
    .join(' ');
}

function openTicket({ orderId }, tools, turn) {
  const topic = /complain/i.test(turn.text) ? 'complaint' : 'call back';
  const { ticket_id } = tools.create_ticket({ topic, ...(orderId ? { order_id: orderId } : {}) });
  return said(
    `I have opened ticket ${ticket_id}. A colleague will contact you within one business day; support is open Monday to Friday from 9:00 to 17:00.`,
  );
}

function reportFault({ orderId }, tools) {
  const order = tools.lookup_order({ order_id: orderId });
  if (!order.found) return unknownOrder(orderId);
  const { ticket_id } = tools.create_ticket({ topic: 'fault', order_id: orderId });
  const [policy] = tools.search_knowledge({ query: 'claiming the warranty photos of the fault' });
  return known(
    `I'm sorry about that. I have opened ticket ${ticket_id} for order ${orderId}. Please send us two photos of the fault; we answer within 3 business days with a repair, a replacement or a refund.`,
    [policy],
  );
}

function cancelOrder({ orderId }, tools) {
  if (!orderId) return said('Which order would you like to cancel? Please tell me the order number.');
  const order = tools.lookup_order({ order_id: orderId });
  if (!order.found) return unknownOrder(orderId);
  if (order.status === 'processing') {
    const { ticket_id } = tools.create_ticket({ topic: 'cancellation', order_id: orderId });
    return known(
      `Order ${orderId} has not been shipped yet, so it can be cancelled: I have opened ticket ${ticket_id} for it.`,
    );
  }
  if (order.status === 'cancelled') return known(`Order ${orderId} is already cancelled.`);
  return known(
    `Order ${orderId} is already ${order.status}, so it can no longer be cancelled. You can return it within the return window after delivery.`,
  );
}

function refund({ orderId }, tools, { start }) {
  if (!orderId) return said('I can help with a refund. Please tell me the order number.');
  const order = tools.lookup_order({ order_id: orderId });
  if (!order.found) return unknownOrder(orderId);
  const policy = tools.refund_policy({ order_id: orderId });
  if (!policy.eligible) return known(refusedRefund(orderId, order, policy));
  const except = policy.excluded.length
    ? ` The ${policy.excluded.map((item) => item.name).join(', ')} is excluded: ${policy.excluded[0].reason}.`
    : '';
  const terms = `${policy.amount_eur.toFixed(2)} euros as ${policy.as === 'store credit' ? 'store credit' : 'a refund to the original payment method'}`;
  if (!start) {
    return known(
      `Yes: order ${orderId} was delivered ${policy.days_since_delivery} days ago, within the limit of ${policy.limit_days} days. You would receive ${terms}.${except}`,
    );
  }
  const { refund_id } = tools.start_refund({ order_id: orderId });
  return known(
    `I have started refund ${refund_id} for order ${orderId}: ${terms}, within 5 business days after the return reaches us.${except}`,
  );
}

function refusedRefund(orderId, order, { reason, days_since_delivery, limit_days, excluded }) {
  switch (reason) {
    case 'too-late':
      return `I'm sorry, order ${orderId} was delivered ${days_since_delivery} days ago and the limit is ${limit_days} days, so it cannot be refunded. If it has a fault, the warranty may cover it.`;
    case 'not-returnable':
      return `I'm sorry, order ${orderId} cannot be returned: ${excluded[0].reason}.`;
    case 'refunded':
      return `Order ${orderId} was already refunded on ${spoken(order.refunded)}.`;
    case 'cancelled':
      return `Order ${orderId} is cancelled; nothing was delivered that could be returned.`;
    default:
      return `Order ${orderId} has not been delivered yet. A refund can start once it has arrived.`;
  }
}

function track({ orderId, tracking }, tools) {
  if (!orderId && !tracking)
    return said('I can look that up. Please tell me the order number or the tracking number.');
  const order = orderId ? tools.lookup_order({ order_id: orderId }) : undefined;
  if (order && !order.found) return unknownOrder(orderId);
  if (order?.status === 'processing')
    return known(`Order ${orderId} is being prepared and has not been shipped yet.`);
  if (order?.status === 'delivered')
    return known(`Order ${orderId} was delivered on ${spoken(order.delivered)}.`);
  const number = tracking ?? order?.tracking;
  if (!number) return known(`Order ${orderId} is ${order.status}.`);
  const parcel = tools.track_parcel({ tracking_number: number });
  if (!parcel.found)
    return said(`I can't find a parcel with the number ${number}. Please check it once more.`);
  if (parcel.lost) {
    return known(
      `Parcel ${number} has had no scan since ${spoken(parcel.last_scan)} and counts as lost. You can choose between a replacement and a full refund.`,
    );
  }
  if (parcel.status === 'delivered')
    return known(`Parcel ${number} was delivered on ${spoken(parcel.last_scan)}.`);
  return known(
    `Parcel ${number} is in transit: last scanned in ${parcel.place} on ${spoken(parcel.last_scan)}, expected on ${spoken(parcel.expected)}.`,
  );
}

function stock({ query }, tools) {
  const product = contentWords(query)
    .filter((word) => !/^(?:(?:re)?stock\w*|availab\w*|sold|back|still)$/.test(word))
    .join(' ');
  const found = tools.check_stock({ product });
  if (found.candidates) {
    return said(`Which one do you mean: ${found.candidates.map(({ name }) => name).join(' or ')}?`);
  }
  if (!found.found) return said("I can't find that product. Please tell me its full name.");
  if (found.stock > 0) {
    return known(
      `The ${found.name} is in stock: ${found.stock} left, at ${found.price_eur.toFixed(2)} euros.`,
    );
  }
  const again = found.restock
    ? `we expect it again on ${spoken(found.restock)}`
    : 'no date is known for its return';
  return known(`The ${found.name} is sold out; ${again}.`);
}

function unknownOrder(orderId) {
  return said(`I can't find order ${orderId}. Please check the number: it has four digits.`);
}

/** A fixed phrase; a model has nothing to add to it. */
function said(text) {
  return { text, citations: [] };
}

/** An answer from data or passages, which a model may put into better words. */
function known(text, passages = []) {
  return { text, facts: text, citations: passages.filter(Boolean).map(({ source }) => source) };
}
