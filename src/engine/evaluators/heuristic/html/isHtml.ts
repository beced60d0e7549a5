import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { binary, unmeasured } from '../../score.ts';
import { type HtmlElement, htmlElements } from './htmlElements.ts';
import { readHtml } from './readHtml.ts';

const WRAPPERS = ['html', 'head', 'body'];

/**
 * Parsed as a browser does. HTML forgives everything, so what counts is that elements of HTML (or custom ones) were
 * written and that no text stands beside them. The parser is loaded when the first output is judged.
 */
export const isHtml: EvaluatorDefinition<Record<string, never>> = {
  type: 'is-html',
  stage: 'heuristic',
  summary: 'The whole output is HTML: a document or elements, with no text around them.',
  options: z.strictObject({}),
  // promptfoo ignores a value.
  fromAssertion: () => ({}),
  create() {
    return async ({ output }) => {
      const text = output.text.trim();
      if (text === '') return binary(false, 'not HTML: it is empty');
      if (/^<\?xml/i.test(text)) return binary(false, 'not HTML: it is XML');

      const document = await readHtml(text);
      if (typeof document === 'string') return unmeasured(`the HTML cannot be read: ${document}`);

      const lower = text.toLowerCase();
      const written = ({ tag, written }: HtmlElement): boolean =>
        WRAPPERS.includes(tag)
          ? written && new RegExp(`<${tag}[\\s>/]`).test(lower)
          : htmlElements().has(tag) || tag.includes('-');
      const body = document.elements.find(({ tag }) => tag === 'body');
      if (document.textInBody && !(body && written(body)))
        return binary(false, 'not HTML: there is text outside the elements');
      if (!document.elements.some(written)) return binary(false, 'not HTML: it contains no HTML element');

      return binary(true, 'HTML');
    };
  },
};
