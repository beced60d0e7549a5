import { readdirSync, readFileSync } from 'node:fs';
import { isOneEditApart, terms } from './text.mjs';

// BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with its usual constants.
const K1 = 1.2;
const B = 0.75;
/** A word of the heading says more about a passage than one of its body. */
const HEADING_WEIGHT = 2;

/** Reads every `##` section of the Markdown files of a folder as one passage. */
export function openIndex(folder) {
  const passages = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .flatMap((name) => readPassages(name, readFileSync(new URL(name, folder), 'utf8')));
  const documents = passages.map(countTerms);
  const average = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
  const holding = new Map();
  for (const { counts } of documents) {
    for (const term of counts.keys()) holding.set(term, (holding.get(term) ?? 0) + 1);
  }
  const vocabulary = [...holding.keys()];
  const rarity = (term) => {
    const n = holding.get(term) ?? 0;
    return Math.log(1 + (passages.length - n + 0.5) / (n + 0.5));
  };
  return {
    /** The best passages, best first, each with its score. */
    search(query, limit = 3) {
      const wanted = [...new Set(terms(query))].map((term) => known(term, holding, vocabulary));
      const scored = passages.map((passage, index) => {
        const { counts, length } = documents[index];
        const score = wanted.reduce((sum, term) => {
          const count = counts.get(term) ?? 0;
          const norm = count + K1 * (1 - B + (B * length) / average);
          return count === 0 ? sum : sum + (rarity(term) * count * (K1 + 1)) / norm;
        }, 0);
        return { ...passage, score };
      });
      return scored
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, limit);
    },
  };
}

/** The term itself, or the only known one that is one typing mistake away from it. */
function known(term, holding, vocabulary) {
  if (holding.has(term) || term.length < 5) return term;
  const near = vocabulary.filter((word) => isOneEditApart(term, word));
  return near.length === 1 ? near[0] : term;
}

function readPassages(name, text) {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...body] = section.split('\n');
      const anchor = heading
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '');
      return { source: `${name}#${anchor}`, heading, text: body.join(' ').replace(/\s+/g, ' ').trim() };
    });
}

function countTerms({ heading, text }) {
  const counts = new Map();
  const body = terms(text);
  for (const term of body) counts.set(term, (counts.get(term) ?? 0) + 1);
  for (const term of terms(heading)) counts.set(term, (counts.get(term) ?? 0) + HEADING_WEIGHT);
  return { counts, length: body.length };
}
