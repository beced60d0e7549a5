// What the agent does not do, whatever else a message says. Checked before anything is looked up.

const INJECTION = [
  /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|rules?|prompts?|guidelines?|polic(?:y|ies)|above|previous)\b/,
  /\b(?:you are now|act as|pretend (?:to be|you are)|roleplay as|from now on you)\b/,
  /\b(?:system|developer)\s*(?:prompt|message|instructions?)\b/,
  /\b(?:reveal|print|show|repeat|output)\b.{0,30}\b(?:prompt|instructions?|configuration|api key|secret)\b/,
  /\b(?:developer|debug|admin|god|dan|jailbreak)\s*mode\b/,
  /<\/?(?:system|assistant|instructions?|im_start|im_end)\b|\[\/?inst\]|^\s*(?:system|assistant)\s*:/m,
  /\b(?:vergiss|ignoriere)\b.{0,40}\b(?:anweisungen|regeln)\b/,
];

const PERSONAL_DATA = [
  /\b(?:e-?mail|phone|telephone|mobile|home|postal|street|delivery)?\s*(?:address|number)\b.{0,30}\b(?:of|for|from|behind|belongs?)\b.{0,30}\b(?:customer|buyer|person|order|client|user|who)\b/,
  /\b(?:who|whose)\b.{0,30}\b(?:placed|bought|ordered|customer|name)\b/,
  /\b(?:customer|buyer|client)(?:'s|s)?\b.{0,20}\b(?:name|e-?mail|phone|address|details|data)\b/,
  /\b(?:list|dump|export|show|send)\b.{0,30}\b(?:all|every|customers?'?|database|records)\b.{0,30}\b(?:orders?|customers?|e-?mails?|names?|records|users)\b/,
  /\b(?:card|iban|cvv|bank account)\b.{0,15}\b(?:number|details|data)\b.{0,40}\b(?:order|customer|file|stored|last)\b/,
];

/** Asking how to change an address is not asking for one. */
const CHANGES_OWN_DATA = /\b(?:change|update|correct)\b.{0,20}\b(?:my|the)\b/;

const OUT_OF_SCOPE = [
  /\b(?:poem|haiku|joke|song|essay|homework|recipe|horoscope|lottery)\b/,
  /\b(?:python|javascript|sql|java|code|script|regex)\b/,
  /\b(?:president|election|politic\w*|stock market|bitcoin|football|weather forecast)\b/,
  /\b(?:diagnos\w+|medication|lawsuit|legal advice|medical advice|tax advice)\b/,
  /\b(?:competitor|amazon|decathlon)\b.{0,30}\b(?:better|cheaper|recommend)\b/,
];

const TEXTS = {
  injection:
    "I can't follow that: my rules stay as they are, and I don't share how I work inside. I'm glad to help with an order, a return or a product.",
  'personal-data':
    "I can't share personal data in this chat. You find your own data in your account after you have signed in.",
  'out-of-scope':
    'I can only help with Fernhill Outdoor: orders, returns, deliveries, products and your account.',
};

/** A refusal, or undefined when the message may be answered. */
export function guard({ text, earlier }) {
  const plain = normalise(text);
  if (matches(INJECTION, plain) || matches(INJECTION, normalise(decoded(text)))) return refuse('injection');
  // An injection that came before is not followed later either.
  if (earlier.some((said) => matches(INJECTION, normalise(said))) && plain.length < 40) {
    return refuse('injection');
  }
  if (matches(PERSONAL_DATA, plain) && !CHANGES_OWN_DATA.test(plain)) return refuse('personal-data');
  if (matches(OUT_OF_SCOPE, plain)) return refuse('out-of-scope');
  return undefined;
}

function refuse(kind) {
  return { kind, text: TEXTS[kind] };
}

function matches(patterns, text) {
  return patterns.some((pattern) => pattern.test(text));
}

/** Lower case, without the tricks that hide words: invisible characters, odd widths, spaced-out letters. */
function normalise(text) {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase()
    .replace(/\b(?:\p{L}[ .\-_]){4,}\p{L}\b/gu, (spaced) => spaced.replace(/[ .\-_]/g, ''))
    .replace(/[ \t]+/g, ' ');
}

/** What long Base64 words in the message say. */
function decoded(text) {
  const found = text.match(/[A-Za-z0-9+/]{24,}={0,2}/g) ?? [];
  return found.map((word) => Buffer.from(word, 'base64').toString('utf8')).join('\n');
}
