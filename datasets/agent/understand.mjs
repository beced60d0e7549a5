import { words } from './text.mjs';

/** German words and what the rest of the agent calls them. Other languages are not understood. */
const GERMAN = {
  bestellung: 'order',
  paket: 'parcel',
  sendung: 'parcel',
  lieferung: 'delivery',
  geliefert: 'delivery',
  versand: 'shipping',
  versandkosten: 'shipping cost',
  kostet: 'cost',
  kosten: 'cost',
  rückgabe: 'return',
  zurückgeben: 'return',
  zurückschicken: 'return',
  umtauschen: 'exchange',
  erstattung: 'refund',
  geld: 'refund',
  garantie: 'warranty',
  gutschein: 'gift card',
  geschenkkarte: 'gift card',
  gültig: 'valid validity',
  passwort: 'password',
  vergessen: 'forgot',
  zurücksetzen: 'reset',
  zelt: 'tent',
  schlafsack: 'sleeping bag',
  waschen: 'wash',
  rucksack: 'backpack',
  lager: 'stock',
  vorrätig: 'stock',
  öffnungszeiten: 'opening hours',
  geöffnet: 'open opening hours',
  stornieren: 'cancel',
  tage: 'days',
  lange: 'window time',
};
const GERMAN_FUNCTION_WORDS = new Set(
  'ich und ist nicht mein meine meinen wie wo habe das der die den für wann bitte kann mit von eine einen zu euch ihr'.split(
    ' ',
  ),
);

const REFUND = /\b(?:refund\w*|money back|reimburse\w*|give back|send (?:it|this|them) back|return)\b/;
const QUESTION =
  /\b(?:how|what|which|can i|could i|do you|does|is there|until when|when|policy|possible|allowed)\b/;

/** Intents in the order in which they are tried; the first whose pattern fits is taken. */
const INTENTS = [
  [
    'ticket',
    /\b(?:human|real person|agent|representative|manager|complain\w*|someone call|speak to|talk to)\b/,
  ],
  ['fault', /\b(?:broken|broke|defective|damaged|torn|ripped|leak\w*|faulty|cracked|snapped)\b/],
  ['cancel', /\bcancel\w*\b/],
  ['refund', REFUND],
  ['track', /\b(?:where|track\w*|parcel|package|arrive[ds]?|delivery|status|shipped|lost|late)\b/],
  ['stock', /\b(?:in stock|stock|available|availability|restock\w*|sold out|back in)\b/],
];

/**
 * What the customer wants: an intent, the order and parcel numbers they gave (now or, failing that,
 * before), and the text with which to search.
 */
export function understand({ text, earlier }) {
  const query = translate(text);
  const slots = findSlots(text) ?? earlier.toReversed().map(findSlots).find(Boolean) ?? {};
  const plain = query.toLowerCase();
  if (/^\s*(?:hi|hello|hey|good (?:morning|evening)|hallo)\b[\s!.,]*$/i.test(text))
    return { name: 'greeting' };
  if (/^\s*(?:thanks|thank you|thx|cheers|danke)\b[^?]{0,30}$/i.test(text)) return { name: 'thanks' };
  if (/\b(?:never ?mind|no,? wait|forget it|rather keep)\b/i.test(text)) return { name: 'withdraw' };
  const named = INTENTS.find(([, pattern]) => pattern.test(plain))?.[0];
  const intent = { query, ...slots };
  if (named === 'ticket' || named === 'stock') return { ...intent, name: named };
  if (intent.orderId || intent.tracking) return { ...intent, name: withNumber(named, plain, earlier) };
  if (named === undefined || named === 'fault' || QUESTION.test(plain)) {
    return { ...intent, name: needsOrder(named, plain) ? named : 'question' };
  }
  return { ...intent, name: named };
}

function withNumber(named, plain, earlier) {
  if (named === 'refund')
    return QUESTION.test(plain) && !/\bplease\b|\bwant\b/.test(plain) ? 'eligibility' : 'refund';
  if (named) return named;
  // A bare number answers our question, so the wish is in what was said before.
  const before = INTENTS.find(([, pattern]) => earlier.some((said) => pattern.test(said.toLowerCase())))?.[0];
  return before ?? 'track';
}

/** "Where is my parcel?" is about one order; "how long does delivery take?" is not. */
function needsOrder(named, plain) {
  return (
    named === 'track' &&
    /\bmy (?:order|parcel|package|delivery|tent|boots|jacket|stuff)\b/.test(plain) &&
    !/\bchange\b/.test(plain)
  );
}

function findSlots(text) {
  const orderId = text.match(/(?:^|[^\w.,-])#?(\d{4})(?![\w-]|[.,]\d)/)?.[1];
  const tracking = text.match(/\bFH\s?-?(\d{6})\b/i)?.[1];
  if (!orderId && !tracking) return undefined;
  return { ...(orderId ? { orderId } : {}), ...(tracking ? { tracking: `FH${tracking}` } : {}) };
}

function translate(text) {
  const spoken = words(text);
  const hits = spoken.filter((word) => GERMAN_FUNCTION_WORDS.has(word)).length;
  if (hits < 2) return text;
  const meant = spoken.flatMap((word) => GERMAN[word] ?? (/\d/.test(word) ? word : []));
  const asked = [
    ...(spoken.some((word) => ['wo', 'wann'].includes(word)) ? ['where'] : []),
    ...(spoken.includes('wie') ? ['how'] : []),
  ];
  return [...asked, ...meant].join(' ');
}
