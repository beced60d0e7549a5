import { contentHash } from '../../model/hash.ts';
import type { Role } from '../../model/message.ts';
import type { MessageTemplate, Prompt } from '../../model/prompt.ts';
import type { HelperMarks } from '../handlebars/handlebarsRenderer.ts';
import { includedText, includeTags } from '../references/includes.ts';
import { findImageTags } from './imageTags.ts';

/** What a rendered text is made of: texts, and the marks between them. */
export type Fragment =
  | { kind: 'text'; text: string }
  | { kind: 'message'; index: number }
  | { kind: 'role'; role: Role }
  | { kind: 'history' }
  /** The URL follows as text; `literal` is the markup around it, in case it is not an image after all. */
  | { kind: 'image'; literal: { before: string; after: string } }
  | { kind: 'image-end' };

/** A stretch of the composed text that is a message's own, from `at` in its template. */
interface Piece {
  start: number;
  end: number;
  message: number;
  at: number;
}

type Composable = Pick<Prompt, 'messages' | 'syntax' | 'format'> & {
  includes?: Prompt['includes'] | undefined;
};

/** The replacement for a range of a template. */
interface Cut {
  at: number;
  skip: number;
  mark: string;
}

/**
 * All messages of a prompt as one template, so that a block may span several of them, with marks where messages start.
 * A mark contains a number derived from the hash of the templates and values: no value can contain it, so a value can
 * never start a message.
 */
export class Composition implements HelperMarks {
  readonly source: string;
  readonly history: string;
  readonly #nonce: string;
  readonly #pieces: Piece[] = [];
  readonly #images: { before: string; after: string }[] = [];

  constructor(prompt: Composable, values: unknown) {
    const seed = contentHash([prompt.messages.map((message) => message.template), values]);
    this.#nonce = BigInt(`0x${seed}`).toString();
    this.history = this.#mark('history');
    const parts: string[] = [];
    let length = 0;

    const add = (text: string, piece?: Omit<Piece, 'start' | 'end'>) => {
      if (piece) this.#pieces.push({ ...piece, start: length, end: length + text.length });
      parts.push(text);
      length += text.length;
    };

    for (const [index, message] of prompt.messages.entries()) {
      // A Handlebars block removes its line only if the line is otherwise empty, so the mark goes elsewhere.
      const alone = prompt.syntax === 'handlebars' && !message.template.startsWith('{{~');
      add(alone ? `${this.#mark('line', index)}\n` : this.#mark('message', index));
      const images = prompt.format === 'prompty' && message.role === 'user' ? this.#cutImages(message) : [];
      const cuts = [...images, ...includeCuts(prompt, message)].sort((a, b) => a.at - b.at);
      let at = 0;

      for (const cut of [...cuts, { at: message.template.length, skip: 0, mark: '' }]) {
        add(message.template.slice(at, cut.at), { message: index, at });
        add(cut.mark);
        at = cut.at + cut.skip;
      }
    }

    add(this.#mark('end'));
    this.source = parts.join('');
  }

  role(role: Role): string {
    return this.#mark('role', role);
  }

  image(url: string): string {
    return `${this.#mark('media')}${url}${this.#mark('close')}`;
  }

  /** Maps an offset of `source` to a message and an offset in its template. */
  place(offset: number): { message: number; offset: number } {
    const piece = this.#pieces.findLast((candidate) => candidate.start <= offset) ?? this.#pieces[0];
    if (piece === undefined) return { message: 0, offset: 0 };
    return {
      message: piece.message,
      offset: piece.at + Math.max(0, Math.min(offset, piece.end) - piece.start),
    };
  }

  /** Takes a rendered text apart at its marks. */
  split(rendered: string): Fragment[] {
    const mark = new RegExp(`⟦${this.#nonce}:(?:line:(\\d+)⟧\\n?|(\\w+)(?::(\\w+))?⟧)`, 'g');
    const fragments: Fragment[] = [];
    let cursor = 0;

    for (const match of rendered.matchAll(mark)) {
      if (match.index > cursor) fragments.push({ kind: 'text', text: rendered.slice(cursor, match.index) });
      const fragment = this.#read(
        match[1] === undefined ? (match[2] ?? '') : 'message',
        match[1] ?? match[3] ?? '',
      );
      if (fragment) fragments.push(fragment);
      cursor = match.index + match[0].length;
    }

    if (cursor < rendered.length) fragments.push({ kind: 'text', text: rendered.slice(cursor) });
    return fragments;
  }

  #mark(kind: string, argument?: string | number): string {
    return `⟦${this.#nonce}:${kind}${argument === undefined ? '' : `:${argument}`}⟧`;
  }

  #read(kind: string, argument: string): Fragment | undefined {
    switch (kind) {
      case 'message':
        return { kind, index: Number(argument) };
      case 'role':
        return { kind, role: argument as Role };
      case 'history':
        return { kind };
      case 'image':
        return { kind, literal: this.#images[Number(argument)] ?? { before: '', after: '' } };
      case 'media':
        return { kind: 'image', literal: { before: '', after: '' } };
      case 'close':
        return { kind: 'image-end' };
      default:
        return undefined;
    }
  }

  /** The static parts of a message's Markdown images, each to be replaced by a mark. */
  #cutImages({ template }: MessageTemplate): Cut[] {
    return findImageTags(template).flatMap((image) => {
      const before = template.slice(image.start, image.urlStart);
      const after = template.slice(image.urlEnd, image.end);
      const index = this.#images.push({ before, after }) - 1;
      return [
        { at: image.start, skip: before.length, mark: this.#mark('image', index) },
        { at: image.urlEnd, skip: after.length, mark: this.#mark('close') },
      ];
    });
  }
}

function includeCuts({ syntax, includes }: Composable, { template }: MessageTemplate): Cut[] {
  if (syntax !== 'jinja' || includes === undefined) return [];
  return includeTags(template).map((tag) => ({
    at: tag.start,
    skip: tag.end - tag.start,
    mark: includedText(tag, includes),
  }));
}
